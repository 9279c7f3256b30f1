using System;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.HostOnly.Conservation;

/// <summary>
/// A year of loads, chip restarts, bus faults and transfers that fail, at random and repeatable. After every reading
/// the sums that the driver handed out are what was fed: less than a Wh apart for as long as the driver flags no gap.
/// It may flag one only where there was a cause, and then may have lost no more than what flowed since the reading
/// before.
/// </summary>
internal sealed class ConservationYear
{
    private const long YearMs = 365L * 86_400_000;
    private const int LoadMilliwattsMax = 5_500_000;

    private readonly ConservationBench _bench;
    private readonly Random _random;
    private readonly int _phaseCount;
    private readonly long[] _milliwatts;
    private readonly bool[] _isExport;
    private readonly long[] _fedNet;
    private readonly long[] _fedGross;
    private readonly long[] _handedNet;
    private readonly long[] _handedGross;
    private readonly long[] _lostNet;
    private readonly long[] _fedSinceGood;
    private readonly Measurement _measurement = new Measurement();
    private long _nowMs;
    private long _movedAtMs;
    private bool _hasRestarted;
    private long _restartedAtMs = long.MinValue / 2;
    private bool _isRestartUnseen;
    private bool _isGood;
    private int _signChanges;

    public ConservationYear(ConservationBench bench, int seed)
    {
        _bench = bench;
        _random = new Random(seed);
        _phaseCount = bench.PhaseCount;
        _milliwatts = new long[_phaseCount];
        _isExport = new bool[_phaseCount];
        _fedNet = new long[_phaseCount];
        _fedGross = new long[_phaseCount];
        _handedNet = new long[_phaseCount];
        _handedGross = new long[_phaseCount];
        _lostNet = new long[_phaseCount];
        _fedSinceGood = new long[_phaseCount];
    }

    public int Readings { get; private set; }

    public int GoodReadings { get; private set; }

    public int Restarts { get; private set; }

    public int Gaps { get; private set; }

    public long ImportedWattHours => (_handedGross[0] + _handedNet[0]) / 2 / 3_600_000_000;

    public long ExportedWattHours => (_handedGross[0] - _handedNet[0]) / 2 / 3_600_000_000;

    /// <param name="stepDivisor">1 for the bench's own steps, more for finer ones.</param>
    public void Run(int stepDivisor)
    {
        Assert.IsTrue(_bench.ToleranceMicrojoules < 3_600_000_000, "conservation is to the Wh");
        Start();
        int faultSteps = 0;
        int stepMsMax = _bench.StepMsMax / stepDivisor;
        while (_nowMs < YearMs)
        {
            if (faultSteps > 0 && --faultSteps == 0)
            {
                _bench.SetFaults(TwinFault.None);
            }
            else if (faultSteps == 0 && _random.Next(150) == 0)
            {
                int[] choices = _bench.FaultChoices;
                _bench.SetFaults(choices[_random.Next(choices.Length)]);
                faultSteps = 1 + _random.Next(_random.Next(40) == 0 ? 30 : 3);
            }

            int stepMs = _bench.StepMsMin + _random.Next(stepMsMax);
            if (_random.Next(2_500) == 0)
            {
                Restart();
                stepMs = _bench.StepAfterRestartMs;
            }
            else if (_random.Next(40) == 0)
            {
                _bench.FailTransfers(1 + _random.Next(2), _random.Next(30));
            }

            ChangeLoad();
            Pass(stepMs);
            Read();
        }

        Assert.IsTrue(GoodReadings > Readings * 0.85, Text("too few good readings"));
        Assert.IsTrue(Restarts > 100 && ImportedWattHours > 1_000_000, Text("the year tests nothing"));
        Assert.IsTrue(!_bench.CountsExport || ExportedWattHours > 1_000_000, Text("nothing was exported"));
    }

    private void Start()
    {
        for (int i = 0; i < 100 && !_isGood; i++)
        {
            Pass(100);
            _isGood = _bench.Sensor.TryRead(_nowMs, _measurement);
        }

        Assert.IsTrue(_isGood, _bench.Name + ": no first reading, faults " + _bench.Sensor.Faults);
        _movedAtMs = _nowMs;
    }

    private void Restart()
    {
        // Some of the energy before it, so that a restart never falls on a reading.
        Pass(1 + _random.Next(900));
        if (!_bench.TellsRestarts)
        {
            // What only the counter's fall tells is read often: README of the chip, "Limits".
            _bench.SetFaults(TwinFault.None);
            _bench.FailTransfers(0, 0);
            Read();
        }

        _bench.Restart();
        _restartedAtMs = _nowMs;
        Restarts++;
        _hasRestarted = true;
        _isRestartUnseen = true;
        for (int i = 0; i < 30 && !_bench.TellsRestarts; i++)
        {
            Pass(100);
            Read();
        }
    }

    private void ChangeLoad()
    {
        // Import and export within one gap would cancel, and the gap's size be unknown: the load changes right behind a
        // good reading only, never between a reading and a restart.
        if (!_isGood || _hasRestarted || _random.Next(6) != 0)
        {
            return;
        }

        int phase = _random.Next(_phaseCount);
        int size = _random.Next(8) == 0 ? 0 : 5_000 + _random.Next(_random.Next(3) == 0 ? LoadMilliwattsMax : 300_000);
        if (_bench.CountsExport && _random.Next(50) == 0)
        {
            _isExport[phase] = !_isExport[phase];
            _signChanges++;
        }

        _milliwatts[phase] = _isExport[phase] ? -size : size;
        _bench.SetLoad(phase, (int)_milliwatts[phase]);
    }

    private void Pass(int milliseconds)
    {
        _bench.Advance(milliseconds);
        _nowMs += milliseconds;
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            long fed = _milliwatts[phase] * milliseconds;
            _fedNet[phase] += fed;
            _fedGross[phase] += Math.Abs(fed);
            _fedSinceGood[phase] += Math.Abs(fed);
        }
    }

    private void Read()
    {
        Readings++;
        _isGood = _bench.Sensor.TryRead(_nowMs, _measurement);
        for (int call = 1; call < _bench.CallCountMax && !_isGood; call++)
        {
            Pass(_bench.CallMs);
            _isGood = _bench.Sensor.TryRead(_nowMs, _measurement);
        }

        int faults = _bench.Sensor.Faults;
        _isRestartUnseen = _isRestartUnseen && (faults & SensorFault.Reset) == 0;
        if (!_isGood)
        {
            return;
        }

        GoodReadings++;
        Hold(!_isRestartUnseen || !_bench.TellsRestarts, "a restart was not seen", 0);
        bool isGap = (faults & SensorFault.EnergyGap) != 0;
        if (isGap)
        {
            Gaps++;
            // A frame that a restart cut may pass the check with the bytes behind it: the gap then comes later.
            bool isBehindRestart = _nowMs - _restartedAtMs <= _bench.RestartTellMsMax;
            Hold(_hasRestarted || isBehindRestart || _nowMs - _movedAtMs > _bench.GapMsMax,
                "a gap without a cause, faults", faults);
        }

        for (int phase = 0; phase < _phaseCount; phase++)
        {
            Take(phase, isGap);
        }

        _hasRestarted = false;
        _isRestartUnseen = false;
    }

    private void Take(int phase, bool isGap)
    {
        long net = _measurement.ImportMicrojoules[phase] - _measurement.ExportMicrojoules[phase];
        _handedNet[phase] += net;

        // A reading without energy may repeat to the bit: that proves nothing about the time it stands for.
        _movedAtMs = net != 0 ? _nowMs : _movedAtMs;
        _handedGross[phase] += _measurement.ImportMicrojoules[phase] + _measurement.ExportMicrojoules[phase];
        long missing = _fedNet[phase] - _handedNet[phase] - _lostNet[phase];
        long tolerance = _bench.ToleranceMicrojoules;
        if (isGap)
        {
            Hold(Math.Abs(missing) <= _fedSinceGood[phase] + tolerance, "a gap lost more than flowed, µJ", missing);
            _lostNet[phase] += missing;
            _fedGross[phase] -= Math.Abs(missing);
        }
        else
        {
            Hold(Math.Abs(missing) <= tolerance, "µJ are missing", missing);
        }

        // A change of sign may leave a count under way on the other side.
        long grossMissing = Math.Abs(_fedGross[phase] - _handedGross[phase]);
        Hold(grossMissing <= (_signChanges + Gaps + 1) * 2 * tolerance, "µJ of import are export", grossMissing);
        _fedSinceGood[phase] = 0;
    }

    private void Hold(bool condition, string what, long amount)
    {
        if (!condition)
        {
            Assert.IsTrue(false, Text(amount + " " + what));
        }
    }

    private string Text(string what) => _bench.Name + " after " + _nowMs + " ms, " + Readings + " readings, "
        + GoodReadings + " good, " + Restarts + " restarts, " + Gaps + " gaps: " + what;
}

using MeterFirmware.Arbiter;
using MeterFirmware.Grid;
using MeterFirmware.Hardware;
using MeterFirmware.Tools.GridServices;

namespace MeterFirmware.Tools.Tests.Grid;

/// <summary>A unit under a profile on a mains that the test sets, at the charger's tick.</summary>
internal sealed class GridBench
{
    public const int TickMs = 10;

    private readonly Measurement _reading = new() { PhaseCount = 1 };

    public GridBench(
        string profile, int ratedWatts = 11_000, int ratedVoltAmperes = 0, int phaseCount = 1, int nominalVolts = 230)
    {
        File = GridProfileFile.Load(profile);
        NominalMillihertz = File.Profile[GridField.NominalMillihertz];
        NominalMillivolts = nominalVolts * 1000;
        Unit = new GridUnit(
            File.Profile, ratedWatts, ratedVoltAmperes, NominalMillivolts, NominalMillihertz, phaseCount);
        _reading.PhaseCount = phaseCount;
        Volts(1);
        Hertz(0);
    }

    public GridProfileFile File { get; }

    public GridUnit Unit { get; }

    public int NominalMillihertz { get; }

    public int NominalMillivolts { get; }

    public long NowMs { get; private set; }

    public Measurement Reading => _reading;

    public bool IsMeasured { get; set; } = true;

    public GridState State => Unit.Ride.State;

    /// <summary>All phases, of the nominal voltage.</summary>
    public void Volts(double perUnit)
    {
        for (int phase = 0; phase < _reading.PhaseCount; phase++)
        {
            _reading.VoltageMillivolts[phase] = (int)System.Math.Round(perUnit * NominalMillivolts);
        }
    }

    /// <summary>Away from the nominal frequency.</summary>
    public void Hertz(double away) =>
        _reading.FrequencyMillihertz = NominalMillihertz + (int)System.Math.Round(away * 1000);

    public void Wants(int watts) => Unit.Wanted.Set(SetPointSource.Driver, watts, long.MaxValue);

    public void Tick()
    {
        Unit.Tick(NowMs, _reading, IsMeasured);
        NowMs += TickMs;
    }

    public void Run(double seconds)
    {
        for (int i = 0; i < (int)System.Math.Round(seconds * 1000 / TickMs); i++)
        {
            Tick();
        }
    }

    /// <summary>Ticks until it trips: ms from the first of them to the one that tripped; −1: it never did.</summary>
    public long MsToTrip(double secondsMax)
    {
        long from = NowMs;
        while (NowMs - from <= secondsMax * 1000)
        {
            Tick();
            if (State == GridState.Trip)
            {
                return NowMs - TickMs - from;
            }
        }

        return -1;
    }
}

using System.Diagnostics;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Metering;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Loads;

namespace MeterFirmware.Tools.MeterCtl.Replay;

/// <summary>Runs the smart-meter firmware over a recorded load, step by step, with its driver on the chip's
/// twin.</summary>
public sealed class ReplayRun
{
    private const int WarmUpMs = 2000;
    private const int MicrojoulesPerMilliwattHour = 3_600_000;

    private readonly LoadFile _load;
    private readonly TariffTable _tariff;
    private readonly IReadOnlyList<Outage> _outages;
    private readonly int _stepMs;
    private readonly MemoryRecordLog _records = new(4096, IntervalRecord.BytesMax);
    private readonly IntervalRecord _interval = new();
    private readonly byte[] _payload = new byte[IntervalRecord.BytesMax];
    private readonly SortedDictionary<DateOnly, ReplayDay> _days = [];
    private readonly SimulatedMeter _meter;
    private readonly ReplayExtras? _extras;
    private readonly List<EventRecord> _events = [];
    private long _intervals;
    private long _ticks;
    private long _unmetered;
    private long _lastMeteredUtcSeconds;

    /// <param name="load">The recorded load.</param>
    /// <param name="tariff">Compiled.</param>
    /// <param name="outages">Ordered, apart from each other.</param>
    /// <param name="stepMs">Length of a tick.</param>
    /// <param name="extras">Null: a meter without settlements, whose costs and demand are those of the whole
    /// file.</param>
    public ReplayRun(LoadFile load, TariffTable tariff, IReadOnlyList<Outage> outages, int stepMs,
        ReplayExtras? extras = null)
    {
        _load = load;
        _tariff = tariff;
        _outages = outages;
        _stepMs = stepMs;
        _extras = extras;
        long peak = load.Microjoules.Max() / (load.StepSeconds * 1000L) + 1;
        _meter = new SimulatedMeter(new SimulatedMeterParts
        {
            Tariff = tariff,
            StartUtcSeconds = load.StartUtcSeconds - WarmUpMs / 1000,
            Records = _records,
            Metering = new()
            {
                RateCountMax = Math.Max(8, tariff.RateCount),
                PhasePowerMilliwattsMax = (int)Math.Clamp(peak * 4 / 3, 33_700_000, int.MaxValue)
            },
            PowerMilliwattsMax = Math.Max(peak, 12_800_000),
            History = extras?.History,
            Quality = extras?.Quality,
        });
    }

    /// <param name="progress">Told the share done, 0 to 1, about a hundred times.</param>
    public ReplayResult Run(Action<double>? progress, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();

        // The meter is installed and running before the recording begins.
        for (int ms = 0; ms < WarmUpMs; ms += 100)
        {
            _meter.Step(100, 0);
        }

        PayIn();
        DropWarmUpRecords();
        int part = Math.Max(1, _load.Microjoules.Count / 100);
        for (int i = 0; i < _load.Microjoules.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            RunInterval(_load.StartUtcSeconds + (long)i * _load.StepSeconds, _load.Microjoules[i]);
            TakeRecords();
            if (i % part == 0)
            {
                progress?.Invoke((double)i / _load.Microjoules.Count);
            }
        }

        AddOpenInterval();
        return new ReplayResult(_meter, _unmetered, [.. _days.Values], _intervals, _events, _ticks, watch.Elapsed);
    }

    /// <summary>One interval of the file: its energy in equal shares of its time, outages cut out.</summary>
    private void RunInterval(long startUtcSeconds, long microjoules)
    {
        long wholeMs = _load.StepSeconds * 1000L;
        long fromMs = 0;
        long given = 0;
        while (fromMs < wholeMs)
        {
            long nowSeconds = startUtcSeconds + fromMs / 1000;
            bool dark = _outages.Any(o => nowSeconds >= o.FromUtcSeconds && nowSeconds < o.ToUtcSeconds);
            long untilMs = Math.Min(wholeMs, (NextEdge(nowSeconds) - startUtcSeconds) * 1000);
            if (dark)
            {
                GoDark(untilMs - fromMs);
                long share = Share(microjoules, untilMs, wholeMs);
                _unmetered += share - given;
                given = share;
                fromMs = untilMs;
                continue;
            }

            fromMs = Run(startUtcSeconds, microjoules, wholeMs, fromMs, untilMs, ref given);
        }
    }

    private long Run(long startUtcSeconds, long microjoules, long wholeMs, long fromMs, long untilMs, ref long given)
    {
        if (!_meter.HasSupply)
        {
            long before = _meter.UncountedMicrojoules;
            fromMs += _meter.Restore(microjoules / wholeMs);
            long uncounted = _meter.UncountedMicrojoules - before;
            _unmetered += uncounted;
            given += uncounted;
        }

        while (fromMs < untilMs)
        {
            int step = (int)Math.Min(_stepMs - fromMs % _stepMs, untilMs - fromMs);
            long share = Share(microjoules, fromMs + step, wholeMs);
            _meter.Step(step, share - given);
            _lastMeteredUtcSeconds = startUtcSeconds + fromMs / 1000;
            given = share;
            fromMs += step;
            _ticks++;
        }

        return fromMs;
    }

    private static long Share(long microjoules, long partMs, long wholeMs) =>
        Basics.Scaling.Share(microjoules, partMs, wholeMs);

    private long NextEdge(long utcSeconds)
    {
        long edge = long.MaxValue / 2000;
        foreach (Outage outage in _outages)
        {
            if (outage.FromUtcSeconds > utcSeconds)
            {
                edge = Math.Min(edge, outage.FromUtcSeconds);
            }

            if (outage.ToUtcSeconds > utcSeconds)
            {
                edge = Math.Min(edge, outage.ToUtcSeconds);
            }
        }

        return edge;
    }

    private void GoDark(long milliseconds)
    {
        if (_meter.HasSupply)
        {
            _meter.PowerDown();
        }

        _meter.StayDark(milliseconds);
    }

    /// <summary>Opens the prepaid account: alarms at a fifth and a twentieth of what is paid in, no credit.</summary>
    private void PayIn()
    {
        if (_extras?.Prepaid is not { } amount)
        {
            return;
        }

        MeterTerms terms = _meter.Firmware.Terms;
        terms.Prepayment.StartFrom(_meter.Product.BilledEver);
        if (!terms.Prepayment.TryTopUp(1, amount, out string error)
            || !terms.TrySetLevels(amount / 5, amount / 20, 0, 0))
        {
            throw new InputException($"--prepaid: {error}");
        }
    }

    private void DropWarmUpRecords() => _records.Acknowledge(_records.NextNumber - 1);

    private void TakeRecords()
    {
        while (_records.AcknowledgedNumber < _records.NextNumber - 1)
        {
            long number = _records.AcknowledgedNumber + 1;
            if (_records.TryRead(number, _payload, out int count, out int kind) && kind == RecordKind.Interval
                && _interval.TryRead(_payload, 0, count))
            {
                _intervals++;
                AddToDay();
            }

            else if (kind == RecordKind.Event && _extras != null)
            {
                EventRecord happened = new();
                if (happened.TryRead(_payload, 0, count))
                {
                    _events.Add(happened);
                }
            }

            _records.Acknowledge(number);
        }
    }

    private void AddToDay() => DayOf(_interval.StartUtcSeconds + _interval.OffsetSeconds)
        .RateMilliwattHours[_interval.Rate] += _interval.ImportMilliwattHours;

    /// <summary>What the meter counted since its last record: a recording ends inside an interval, or in an outage. An
    /// interval ends with its day, so all of it lies in the day of the last reading.</summary>
    private void AddOpenInterval()
    {
        EnergyRegisters registers = _meter.Product.Meter.Registers;
        for (int rate = 0; rate < _tariff.RateCount; rate++)
        {
            int index = rate;
            long rest = registers.RateWattHours(EnergyKind.Import, rate) * 1000
                + registers.RateRemainder(EnergyKind.Import, rate) / MicrojoulesPerMilliwattHour
                - _days.Values.Sum(day => day.RateMilliwattHours[index]);

            // One less: registers and records are cut to whole mWh apart from each other.
            if (rest > 0)
            {
                DayOf(_lastMeteredUtcSeconds
                    + _tariff.OffsetSecondsAt(_lastMeteredUtcSeconds)).RateMilliwattHours[rate] += rest;
            }
        }
    }

    private ReplayDay DayOf(long localSeconds)
    {
        DateOnly date = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(localSeconds).DateTime);
        if (!_days.TryGetValue(date, out ReplayDay? day))
        {
            day = new ReplayDay(date, new long[_tariff.RateCount]);
            _days.Add(date, day);
        }

        return day;
    }
}

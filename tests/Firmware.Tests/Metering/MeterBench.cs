using MeterFirmware.Basics;
using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Firmware.Tests.Metering;

/// <summary>A meter with the Shanghai tariff (peak 06–22 h, valley else) and a sink that keeps what it is
/// told.</summary>
internal sealed class MeterBench : IMeterSink
{
    public const int Peak = 0;
    public const int Valley = 1;

    /// <summary>2026-01-01T00:00:00+08:00.</summary>
    public const long Midnight = 1_767_196_800;

    private readonly byte[] _bytes = new byte[IntervalRecord.BytesMax];

    public MeterBench()
        : this(new MeteringSettings())
    {
    }

    public MeterBench(MeteringSettings settings)
        : this(settings, TableBytes.Shanghai())
    {
    }

    public MeterBench(MeteringSettings settings, TableBytes tariff)
    {
        Meter = new Meter(settings, tariff.Load(), this);
        Reading.HasEnergy = true;
        Reading.PhaseCount = settings.PhaseCount;
    }

    public Meter Meter { get; }

    public Measurement Reading { get; } = new Measurement();

    public IntervalRecord[] Intervals { get; } = new IntervalRecord[512];

    public int IntervalCount { get; private set; }

    public int DayEnds { get; private set; }

    public int GridEnds { get; private set; }

    public int ClockSteps { get; private set; }

    public int FaultsRaised { get; private set; }

    public long NowMs { get; set; }

    public long UtcMs { get; set; }

    public bool Timed { get; set; } = true;

    public long ImportMicrojoules(int kind = EnergyKind.Import) =>
        Meter.Registers.TotalWattHours(kind) * Scaling.MicrojoulesPerWattHour + Meter.Registers.TotalRemainder(kind);

    public long RateMicrojoules(int rate) =>
        Meter.Registers.RateWattHours(EnergyKind.Import, rate) * Scaling.MicrojoulesPerWattHour
        + Meter.Registers.RateRemainder(EnergyKind.Import, rate);

    /// <summary>Lets time pass and gives a reading with this energy on phase 0 (export when negative).</summary>
    public void Step(long milliseconds, long microjoules)
    {
        Reading.ImportMicrojoules[0] = microjoules > 0 ? microjoules : 0;
        Reading.ExportMicrojoules[0] = microjoules < 0 ? -microjoules : 0;
        NowMs += milliseconds;
        UtcMs += milliseconds;
        Meter.Accept(NowMs, Timed, UtcMs, Reading);
    }

    /// <summary>Time passes and the sensor says nothing.</summary>
    public void Silence(long milliseconds)
    {
        NowMs += milliseconds;
        UtcMs += milliseconds;
        Meter.AcceptNothing(NowMs, Timed, UtcMs);
    }

    public IntervalRecord Interval(int index) => Intervals[index];

    public long IntervalMilliwattHours()
    {
        long sum = 0;
        for (int i = 0; i < IntervalCount; i++)
        {
            sum += Intervals[i].ImportMilliwattHours;
        }

        return sum;
    }

    void IMeterSink.OnInterval(IntervalRecord record)
    {
        IntervalRecord copy = new IntervalRecord();
        copy.TryRead(_bytes, 0, record.Write(_bytes, 0));
        Intervals[IntervalCount] = copy;
        IntervalCount++;
    }

    void IMeterSink.OnClockStep(long fromUtcMs, long toUtcMs) => ClockSteps++;

    void IMeterSink.OnTableSwitch(int parts)
    {
    }

    void IMeterSink.OnDayEnd(long utcSeconds) => DayEnds++;

    void IMeterSink.OnGrid(long utcSeconds) => GridEnds++;

    void IMeterSink.OnFault(int fault, bool raised, long utcSeconds)
    {
        if (raised)
        {
            FaultsRaised |= fault;
        }
    }
}

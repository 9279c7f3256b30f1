using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.Ade7953;

/// <summary>A sensor on its twin with one clock for both, and the sums of what the sensor handed out.</summary>
internal sealed class Ade7953Bench
{
    public Ade7953Bench()
        : this(new Ade7953Settings())
    {
    }

    public Ade7953Bench(Ade7953Settings settings)
    {
        Twin = new Ade7953Twin(settings.IsSpi);
        Sensor = new Ade7953PowerSensor(Twin, settings);
    }

    public Ade7953Twin Twin { get; }

    public Ade7953PowerSensor Sensor { get; }

    public Measurement Measurement { get; } = new Measurement();

    public long NowMs { get; set; }

    public long ImportMicrojoules { get; private set; }

    public long ExportMicrojoules { get; private set; }

    public long ReactiveMicrovarSeconds { get; private set; }

    /// <summary>Faults of all calls since the last Clear, or-ed.</summary>
    public int FaultsSeen { get; private set; }

    /// <summary>Powers up, configures, and takes the first reading without load.</summary>
    public void Start()
    {
        TryTick(0);
        TryTick(Ade7953Twin.PowerUpMs);
        ClearSums();
    }

    public void ClearSums()
    {
        ImportMicrojoules = 0;
        ExportMicrojoules = 0;
        ReactiveMicrovarSeconds = 0;
        FaultsSeen = 0;
    }

    /// <summary>Lets time pass for chip and driver, then reads.</summary>
    public bool TryTick(long milliseconds)
    {
        Twin.Advance(milliseconds);
        NowMs += milliseconds;
        return TryRead();
    }

    public bool TryRead()
    {
        bool isRead = Sensor.TryRead(NowMs, Measurement);
        FaultsSeen |= Sensor.Faults;
        if (isRead)
        {
            ImportMicrojoules += Measurement.ImportMicrojoules[0];
            ExportMicrojoules += Measurement.ExportMicrojoules[0];
            ReactiveMicrovarSeconds += Measurement.ReactiveMicrovarSeconds[0];
        }

        return isRead;
    }

    public bool Has(int fault) => (Sensor.Faults & fault) == fault;
}

using MeterFirmware.Drivers.Bl0942;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.Bl0942;

/// <summary>A sensor on its twin with one clock for both; a reading on the UART is several calls, 25 ms
/// apart.</summary>
internal sealed class Bl0942Bench
{
    private readonly bool _isSpi;

    public Bl0942Bench(bool isSpi)
    {
        _isSpi = isSpi;
        Twin = new Bl0942Twin();
        Sensor = isSpi ? new Bl0942PowerSensor((IRegisterBus)Twin, new Bl0942Settings())
            : new Bl0942PowerSensor((ISerialLine)Twin, new Bl0942Settings());
    }

    public Bl0942Twin Twin { get; }

    public Bl0942PowerSensor Sensor { get; }

    public Measurement Measurement { get; } = new Measurement();

    public long NowMs { get; private set; }

    public long ImportMicrojoules { get; private set; }

    public long ExportMicrojoules { get; private set; }

    public int FaultsSeen { get; private set; }

    /// <summary>Powers up, sets up, and takes the first reading.</summary>
    public void Start()
    {
        Twin.Advance(200);
        NowMs += 200;
        for (int i = 0; i < 20 && !TryCall(25); i++)
        {
        }

        ClearSums();
    }

    public void ClearSums()
    {
        ImportMicrojoules = 0;
        ExportMicrojoules = 0;
        FaultsSeen = 0;
    }

    /// <summary>Lets time pass, then reads: up to 14 calls on the UART, one on SPI.</summary>
    public bool TryTick(long milliseconds)
    {
        bool isRead = TryCall(milliseconds);
        for (int call = 1; call < 14 && !_isSpi && !isRead; call++)
        {
            isRead = TryCall(25);
        }

        return isRead;
    }

    public bool TryCall(long milliseconds)
    {
        Twin.Advance(milliseconds);
        NowMs += milliseconds;
        bool isRead = Sensor.TryRead(NowMs, Measurement);
        FaultsSeen |= Sensor.Faults;
        if (isRead)
        {
            ImportMicrojoules += Measurement.ImportMicrojoules[0];
            ExportMicrojoules += Measurement.ExportMicrojoules[0];
        }

        return isRead;
    }
}

using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Firmware.Tests.Telemetry;

/// <summary>Readings of a meter that stands still.</summary>
public sealed class FakeInstants : IInstantSource
{
    public Measurement Measurement { get; } = new Measurement { FrequencyMillihertz = 50_010 };

    public bool HasMeasurement { get; set; } = true;

    public long ImportWattHours { get; set; } = 1234;

    public long ExportWattHours => 5;

    public int Rate => 1;

    public int OffsetSeconds => 28_800;

    public int SensorFaults => 0;

    public void WriteExtra(ByteTextWriter json)
    {
    }
}

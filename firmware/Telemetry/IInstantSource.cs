using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Telemetry;

/// <summary>Where the newest readings come from. Asked once per instant interval, within the tick.</summary>
public interface IInstantSource
{
    /// <summary>The measurement last taken.</summary>
    public Measurement Measurement { get; }

    /// <summary>False: the sensor gave nothing since start-up or has a fault; the columns are then left out.</summary>
    public bool HasMeasurement { get; }

    /// <summary>Imported active energy in Wh since manufacture.</summary>
    public long ImportWattHours { get; }

    /// <summary>Exported active energy in Wh since manufacture.</summary>
    public long ExportWattHours { get; }

    /// <summary>Index of the tariff rate in force.</summary>
    public int Rate { get; }

    /// <summary>Zone offset now, in seconds east of UTC.</summary>
    public int OffsetSeconds { get; }

    /// <summary>Bits of <see cref="SensorFault"/>.</summary>
    public int SensorFaults { get; }

    /// <summary>Writes further members (a charger's state and offer) into the open object; may write nothing.</summary>
    public void WriteExtra(ByteTextWriter json);
}

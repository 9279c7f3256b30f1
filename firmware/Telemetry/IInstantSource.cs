using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Telemetry;

/// <summary>Where the newest readings come from. Asked once per instant interval, within the tick.</summary>
public interface IInstantSource
{
    /// <summary>The measurement last taken.</summary>
    Measurement Measurement { get; }

    /// <summary>False: the sensor gave nothing since start-up or has a fault; the columns are then left out.</summary>
    bool HasMeasurement { get; }

    /// <summary>Imported active energy in Wh since manufacture.</summary>
    long ImportWattHours { get; }

    /// <summary>Exported active energy in Wh since manufacture.</summary>
    long ExportWattHours { get; }

    /// <summary>Index of the tariff rate in force.</summary>
    int Rate { get; }

    /// <summary>Zone offset now, in seconds east of UTC.</summary>
    int OffsetSeconds { get; }

    /// <summary>Bits of <see cref="SensorFault"/>.</summary>
    int SensorFaults { get; }

    /// <summary>Writes further members (a charger's state and offer) into the open object; may write nothing.</summary>
    void WriteExtra(ByteTextWriter json);
}

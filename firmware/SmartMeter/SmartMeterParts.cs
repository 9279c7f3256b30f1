using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;

namespace MeterFirmware.SmartMeter;

/// <summary>What a board hands to the product. All of it is required.</summary>
public sealed class SmartMeterParts
{
    /// <summary>Unique name of the device: its place in the topic tree. Letters, digits, '-' and '_', 1 to 32.</summary>
    public string DeviceId { get; set; }

    public IClock Clock { get; set; }

    public IPowerSensor Sensor { get; set; }

    public IRecordLog Records { get; set; }

    public ICheckpointStore Checkpoints { get; set; }

    public IMqttLink Link { get; set; }

    public TariffTable Tariff { get; set; }

    public MeterConfiguration Metering { get; set; }

    public SmartMeterLimits Limits { get; set; }
}

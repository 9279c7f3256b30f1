namespace MeterFirmware.DeviceCore;

/// <summary>Where the settings that every device has stand in a product's list, behind the first eight, which stand at
/// the same place in all lists (<see cref="DeviceSchema"/>).</summary>
public sealed class CoreFields
{
    public int CheckpointMinutes = DeviceSchema.StorageCheckpointMinutes;

    public int SlewSecondsMax = DeviceSchema.TimeSlewSecondsMax;

    public int LogLevel = DeviceSchema.LogLevel;

    public int PlainAcknowledgements = DeviceSchema.AcknowledgementPlain;
}

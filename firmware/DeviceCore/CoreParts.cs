using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;

namespace MeterFirmware.DeviceCore;

/// <summary>What a product's composition hands to its core. What is not called optional is required.</summary>
public sealed class CoreParts
{
    /// <summary>The board's own clock.</summary>
    public IClock Clock;

    /// <summary>Optional: null, a device that talks to nobody.</summary>
    public IMqttLink Link;

    public TelemetrySettings Telemetry;

    /// <summary>False for a device that has nobody to call: the watchdog then does not miss the link.</summary>
    public bool HasBroker = true;

    /// <summary>True where a power cut may take bytes that a good write had confirmed: FAT on an SD card.</summary>
    public bool StoreMayLoseTail;

    /// <summary>What a journal's identity is drawn from. Optional: null, it gets none.</summary>
    public IEntropySource Entropy;

    /// <summary>Blocks of the keys and the numbers of the commands taken, two or more.</summary>
    public IBlockStore SecurityBlocks;

    /// <summary>Blocks of the settings document, two or more.</summary>
    public IBlockStore SettingsBlocks;

    /// <summary>Blocks of the watchdog's cause, two or more.</summary>
    public IBlockStore WatchdogBlocks;

    /// <summary>Blocks of a firmware image and its header. Optional: null, images are refused.</summary>
    public IBlockStore ImageBlocks;

    /// <summary>Shared room: nothing in it outlives a call. Optional: null or too short, room of its own.</summary>
    public byte[] Buffer;

    /// <summary>Shared room of <see cref="CheckpointStore.WindowBytes"/>, likewise. Optional.</summary>
    public byte[] Window;
}

using MeterFirmware.DeviceCore;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SiteController;

/// <summary>What a board hands to the whole site controller. What is not called optional is required.</summary>
public sealed class CompleteSiteParts
{
    /// <summary>As commissioned.</summary>
    public SiteSettings Settings;

    public ISiteBus Bus;

    /// <summary>As in the bus: this device's serial and restart number.</summary>
    public SiteSeal Seal;

    /// <summary>The board's own clock.</summary>
    public IClock Clock;

    /// <summary>Optional: null, the site is shared without prices.</summary>
    public TariffTable Tariff;

    /// <summary>The building's meter. Optional: null where the settings name none.</summary>
    public IPowerSensor Meter;

    /// <summary>The link to the broker, another connection than a site bus over MQTT. Optional: null, it talks to
    /// nobody.</summary>
    public IMqttLink Link;

    public TelemetrySettings Telemetry = new TelemetrySettings { Product = "site-controller" };

    /// <summary>The link as the settings document may change it. Optional.</summary>
    public ILinkSettings LinkSettings;

    /// <summary>False for a device that has nobody to call: the watchdog then does not miss the link.</summary>
    public bool HasBroker = true;

    /// <summary>The blocks of <see cref="SiteFlashPlan"/>.</summary>
    public IBlockStore Flash;

    /// <summary>True where a power cut may take bytes that a good write had confirmed: FAT on an SD card.</summary>
    public bool StoreMayLoseTail;

    /// <summary>What a new journal's identity is made from. Optional: null, the records go without one.</summary>
    public IEntropySource Entropy;

    /// <summary>Length of a record's interval, a part of the hour.</summary>
    public int IntervalMinutes = 15;

    /// <summary>Time between two savings of the register; what plain flash bears for 15 years.</summary>
    public int CheckpointMs = 900_000;

    /// <summary>Why the device started, a <see cref="RestartPart"/> plus 1; 0: nothing but the supply is
    /// known.</summary>
    public int ResetCause;
}

using System.Globalization;
using System.Reflection;

namespace MeterFirmware.Tools.HeadEnds.Web.Settings;

/// <summary>What a utility chooses: section "HeadEnd" of appsettings.json, variables HeadEnd__NAME, options
/// --HeadEnd:NAME=VALUE.</summary>
public sealed class HeadEndSettings
{
    private const string Section = "HeadEnd";
    private const double DemoSpeedMax = 3_600;

    /// <summary>Highest number of devices a minute that may be set.</summary>
    public const int DevicesAMinuteMax = 100_000;

    /// <summary>Where the page and the API are.</summary>
    public string Address { get; set; } = "http://127.0.0.1:8080";

    /// <summary>Folder of the SQLite file and of the keys that protect cookies.</summary>
    public string Folder { get; set; } = "headend-data";

    /// <summary>Connects to PostgreSQL, as Npgsql takes it; empty: SQLite.</summary>
    public string PostgreSql { get; set; } = "";

    /// <summary>mqtts://HOST:PORT or mqtt://HOST:PORT, several separated by commas; empty: the embedded
    /// broker.</summary>
    public string Brokers { get; set; } = "";

    /// <summary>Port of the embedded broker on loopback; 0: any.</summary>
    public int EmbeddedBrokerPort { get; set; } = 18_831;

    /// <summary>PEM file of the brokers' authority; empty: the system's.</summary>
    public string BrokerAuthority { get; set; } = "";

    /// <summary>PEM file of our certificate; empty: none.</summary>
    public string BrokerCertificate { get; set; } = "";

    /// <summary>PEM file of our certificate's key.</summary>
    public string BrokerKey { get; set; } = "";

    /// <summary>MQTT client id; two head-ends need two.</summary>
    public string ClientId { get; set; } = "mf-head-end";

    /// <summary>File of the devices' acknowledgement keys; empty: acknowledgements go without mac.</summary>
    public string AcknowledgementKeys { get; set; } = "";

    /// <summary>File of the chargers' billing keys, in the form of <see cref="AcknowledgementKeys"/>; empty: no
    /// session's signature is checked.</summary>
    public string SessionKeys { get; set; } = "";

    /// <summary>smtps://HOST:PORT, or smtp://HOST:PORT with STARTTLS; empty: no mail.</summary>
    public string MailServer { get; set; } = "";

    /// <summary>Address that mails come from.</summary>
    public string MailFrom { get; set; } = "";

    /// <summary>Addresses that are told of alarms, separated by commas.</summary>
    public string MailTo { get; set; } = "";

    /// <summary>Name at the mail server; empty: it asks for none.</summary>
    public string MailUser { get; set; } = "";

    /// <summary>File of the password at the mail server, mode 600.</summary>
    public string MailPassword { get; set; } = "";

    /// <summary>Whole months that records are kept beside the running one, at most 1 200; 0: for ever.</summary>
    public int RetentionMonths { get; set; }

    /// <summary>Line loss of an area's day above this is an alarm, in thousandths.</summary>
    public int LossPermilleMax { get; set; } = 70;

    /// <summary>A device that is offline and sent nothing for so long is an alarm.</summary>
    public int SilentMinutes { get; set; } = 10;

    /// <summary>Folder of the nightly backups; empty: "backups" in <see cref="Folder"/>.</summary>
    public string BackupFolder { get; set; } = "";

    /// <summary>Backups kept.</summary>
    public int BackupsKept { get; set; } = 7;

    /// <summary>Socket of the signing service; empty: no command is sent.</summary>
    public string SignerSocket { get; set; } = "";

    /// <summary>File of the token that the signing service wants.</summary>
    public string SignerToken { get; set; } = "";

    /// <summary>Devices that get a command which opens or closes a load relay, or lowers a limit below 6 A, in any
    /// minute.</summary>
    public int DangerousDevicesAMinute { get; set; } = 50;

    /// <summary>Simulated seconds per second of the demonstration's town.</summary>
    public double DemoSpeed { get; set; } = 60;

    /// <summary>Reads the section.</summary>
    /// <exception cref="SettingsException">Names the setting and what was expected.</exception>
    public static HeadEndSettings Read(IConfiguration configuration)
    {
        IConfigurationSection section = configuration.GetSection(Section);
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (typeof(HeadEndSettings).GetProperty(
                child.Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase) == null)
            {
                throw new SettingsException($"{Section}:{child.Key}: there is no such setting");
            }
        }

        HeadEndSettings settings = new();
        try
        {
            section.Bind(settings);
        }
        catch (InvalidOperationException e)
        {
            throw new SettingsException(e.Message);
        }

        Require(settings.EmbeddedBrokerPort is >= 0 and <= ushort.MaxValue, nameof(EmbeddedBrokerPort),
            settings.EmbeddedBrokerPort, $"0 to {ushort.MaxValue}");
        Require(settings.RetentionMonths is >= 0 and <= RecordIntake.RetentionMonthsMax, nameof(RetentionMonths),
            settings.RetentionMonths, $"0 to {RecordIntake.RetentionMonthsMax}");
        Require(settings.LossPermilleMax is >= 1 and <= 1_000, nameof(LossPermilleMax), settings.LossPermilleMax,
            "1 to 1000");
        Require(settings.SilentMinutes is >= 0 and <= 100_000, nameof(SilentMinutes), settings.SilentMinutes,
            "0 to 100000");
        Require(settings.BackupsKept is >= 1 and <= 1_000, nameof(BackupsKept), settings.BackupsKept, "1 to 1000");
        Require(settings.DangerousDevicesAMinute is >= 1 and <= DevicesAMinuteMax, nameof(DangerousDevicesAMinute),
            settings.DangerousDevicesAMinute, $"1 to {DevicesAMinuteMax}");
        Require(settings.DemoSpeed is > 0 and <= DemoSpeedMax, nameof(DemoSpeed), settings.DemoSpeed,
            $"more than 0 and at most {DemoSpeedMax}");
        Require(settings.ClientId.Length > 0, nameof(ClientId), settings.ClientId, "a text");
        return settings;
    }

    private static void Require(bool isGood, string name, object value, string expected)
    {
        if (!isGood)
        {
            throw new SettingsException(
                string.Create(CultureInfo.InvariantCulture, $"{Section}:{name}: '{value}': {expected} was expected"));
        }
    }
}

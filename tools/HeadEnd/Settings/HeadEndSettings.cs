namespace MeterFirmware.Tools.HeadEnds.Web.Settings;

/// <summary>What a utility chooses: section "HeadEnd" of appsettings.json, variables HeadEnd__NAME, options
/// --HeadEnd:NAME=VALUE.</summary>
public sealed class HeadEndSettings
{
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

    /// <summary>Whole months that records are kept beside the running one; 0: for ever.</summary>
    public int RetentionMonths { get; set; }

    /// <summary>Simulated seconds per second of the demonstration's town.</summary>
    public double DemoSpeed { get; set; } = 60;
}

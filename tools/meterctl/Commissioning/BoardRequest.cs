using System.Text.Json.Nodes;
using MeterFirmware.Boards.Simulator.Mqtt;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>What a device's folder is made from; everything is checked by <see cref="BoardBundle"/>.</summary>
internal sealed record BoardRequest
{
    public required BoardKind Board { get; init; }

    public required string Device { get; init; }

    public required SiteClass Site { get; init; }

    /// <summary>A tariff document or a name that ships.</summary>
    public required string Tariff { get; init; }

    /// <summary>Serial port for the deployment list.</summary>
    public required string Port { get; init; }

    /// <summary>Empty: the board's first.</summary>
    public string Sensor { get; init; } = "";

    /// <summary>Empty: no telemetry.</summary>
    public IReadOnlyList<MqttAddress> Brokers { get; init; } = [];

    /// <summary>Files by their names on the board: ca.crt, device.crt, device.key.</summary>
    public IReadOnlyDictionary<string, byte[]> Certificates { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>32 bytes.</summary>
    public required byte[] Secret { get; init; }

    /// <summary>The secret was made here, not by the utility.</summary>
    public bool IsBench { get; init; }

    /// <summary>More members of settings.json; they go before the site class's.</summary>
    public JsonObject More { get; init; } = [];

    /// <summary>A charger's members of charger.json; they go before the site class's.</summary>
    public JsonObject Charger { get; init; } = [];

    /// <summary>Where <see cref="Charger"/> came from, for messages.</summary>
    public string ChargerSource { get; init; } = "board new";

    /// <summary>A charger's key of its session records, 32 bytes.</summary>
    public byte[] BillingKey { get; init; } = [];

    /// <summary>A site's plan, as site.txt writes it.</summary>
    public byte[] SitePlan { get; init; } = [];

    /// <summary>Where <see cref="SitePlan"/> came from, for messages.</summary>
    public string SiteSource { get; init; } = "board new";

    /// <summary>Where <see cref="More"/> came from, for messages.</summary>
    public string MoreSource { get; init; } = "--settings";
}

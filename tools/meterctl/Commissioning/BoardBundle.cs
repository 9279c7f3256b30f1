using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MeterFirmware.EvCharger;
using MeterFirmware.Metering;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Modbus;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>The files of one device: what the board reads, the list by which they get there, and a record without a
/// secret.</summary>
internal static class BoardBundle
{
    /// <summary>Name of the record.</summary>
    public const string RecordName = "commissioning.json";

    // As its board holds them (boards/Esp32SiteController).
    private const int SiteRates = 63;

    /// <summary>Members of settings.json that options set, and which.</summary>
    private static readonly (string Member, string Option)[] _byOptions =
    [
        ("device", "--device"), ("sensor", "--sensor"), ("brokerHost", "--broker"), ("brokerPort", "--broker"),
        ("brokerPlainText", "--broker"), ("brokerAuthorityFile", "--ca"), ("brokerCertificateFile", "--cert"),
        ("brokerKeyFile", "--key"),
    ];

    /// <summary>Files by name; <see cref="InputException"/> when the board would refuse one of them.</summary>
    public static Dictionary<string, byte[]> Make(BoardRequest request)
    {
        TariffFile tariff = Tariff(request);
        Dictionary<string, byte[]> files = new()
        {
            ["settings.json"] = BoardRules.Check(request.MoreSource, request.Board, Settings(request)),
            ["tariff.bin"] = tariff.Bytes,
            ["secret.bin"] = request.Secret,
        };
        if (request.Board.Product == "charger")
        {
            AddCharger(request, files);
        }
        else if (request.Board.Product == "site")
        {
            files.Add("site.txt", SitePlan(request));
        }

        foreach ((string name, byte[] bytes) in request.Certificates)
        {
            files.Add(name, bytes);
        }

        byte[] list = Json(Deployment(request, files.Keys));
        byte[] record = Json(Record(request, tariff));
        files.Add("deploy.json", list);
        files.Add(RecordName, record);
        return files;
    }

    private static TariffFile Tariff(BoardRequest request)
    {
        TariffFile tariff = TariffFile.Load(request.Tariff);
        MeteringSettings meter = new();
        (int rates, int tiers) = request.Board.Product switch
        {
            "charger" => (ChargerLimits.RateCount, 1),
            "site" => (SiteRates, int.MaxValue),
            _ => (meter.RateCountMax, meter.TierCountMax),
        };
        return tariff.Table.RateCount <= rates && tariff.Table.TierCount <= tiers ? tariff
            : throw new InputException($"--tariff: {tariff.FileName} has {tariff.Table.RateCount} rates and "
                + $"{tariff.Table.TierCount} tiers; this board holds {rates} and {tiers}");
    }

    private static IEnumerable<SitePreset> PresetsOf(BoardRequest request) =>
        request.Site.SettingsOf(request.Board.Product).Where(preset => !Has(request.More, preset.Name));

    private static IEnumerable<SitePreset> OwnPresetsOf(BoardRequest request) =>
        request.Site.OwnOf(request.Board.Product).Where(preset => request.Board.Product == "charger"
            ? !Has(request.Charger, preset.Name) : !Names(request.SitePlan, preset.Name));

    /// <summary>charger.json, the data files of meters that it names, and the key of its session records.</summary>
    private static void AddCharger(BoardRequest request, Dictionary<string, byte[]> files)
    {
        JsonObject members = [];
        foreach (SitePreset preset in OwnPresetsOf(request))
        {
            members[preset.Name] = preset.Value.DeepClone();
        }

        foreach ((string member, JsonNode? value) in request.Charger)
        {
            members[member] = value?.DeepClone();
        }

        files.Add("charger.json", BoardRules.CheckCharger(request.ChargerSource, members, path =>
        {
            string name = path.StartsWith(request.Board.Drive + "\\", StringComparison.Ordinal)
                ? path[(request.Board.Drive.Length + 1)..] : "";
            string text = ModbusMeters.Shipped(name) ?? throw new FileNotFoundException(
                $"{request.Board.Drive}\\NAME.txt of a meter that ships was expected: "
                + string.Join(", ", ModbusMeters.Names));
            files[name] = Encoding.UTF8.GetBytes(text);
            return text;
        }));
        files.Add("billing.bin", request.BillingKey);
    }

    private static byte[] SitePlan(BoardRequest request)
    {
        StringBuilder text = new(Encoding.UTF8.GetString(request.SitePlan).TrimEnd());
        text.Append('\n');
        foreach (SitePreset preset in OwnPresetsOf(request))
        {
            text.Append(CultureInfo.InvariantCulture, $"{preset.Name} {preset.Value}\n");
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        BoardRules.ReadSite(request.SiteSource, bytes);
        return bytes;
    }

    private static bool Names(byte[] plan, string setting) => Encoding.UTF8.GetString(plan).Split('\n')
        .Any(line => line.TrimStart().StartsWith(setting + " ", StringComparison.Ordinal));

    private static JsonObject Settings(BoardRequest request)
    {
        foreach ((string member, JsonNode? _) in request.More)
        {
            (string name, string option) = _byOptions.FirstOrDefault(one =>
                string.Equals(one.Member, member, StringComparison.OrdinalIgnoreCase));
            if (name is not null)
            {
                throw new InputException($"{request.MoreSource}: {member}: {option} says it");
            }
        }

        JsonObject members = new() { ["device"] = request.Device };
        if (request.Sensor.Length > 0)
        {
            members["sensor"] = request.Sensor;
        }

        if (request.Brokers.Count > 0)
        {
            members["brokerHost"] = string.Join(',', request.Brokers.Select(one => $"{one.Host}:{one.Port}"));
            if (!request.Brokers[0].IsTls)
            {
                members["brokerPlainText"] = true;
            }
        }

        foreach ((string file, string member) in new[] { ("ca.crt", "brokerAuthorityFile"),
            ("device.crt", "brokerCertificateFile"), ("device.key", "brokerKeyFile") })
        {
            if (request.Certificates.ContainsKey(file))
            {
                members[member] = $"{request.Board.Drive}\\{file}";
            }
        }

        foreach (SitePreset preset in PresetsOf(request))
        {
            members[preset.Name] = preset.Value.DeepClone();
        }

        foreach ((string member, JsonNode? value) in request.More)
        {
            members[member] = value?.DeepClone();
        }

        if (request.Board.Network != "wifi" && (Has(members, "ssid") || Has(members, "wifiPassword")))
        {
            throw new InputException($"{request.MoreSource}: ssid, wifiPassword: {request.Board.Name} has no Wi-Fi");
        }

        return members;
    }

    private static bool Has(JsonObject members, string name) =>
        members.Any(one => string.Equals(one.Key, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>As nanoff takes it (--filedeployment).</summary>
    private static JsonObject Deployment(BoardRequest request, IEnumerable<string> files) => new()
    {
        ["serialport"] = request.Port,
        ["files"] = new JsonArray([.. files.Select(name => (JsonNode)new JsonObject
        {
            ["DestinationFilePath"] = $"{request.Board.Drive}\\{name}",
            ["SourceFilePath"] = name,
        })]),
    };

    private static JsonObject Record(BoardRequest request, TariffFile tariff) => new()
    {
        ["format"] = 1,
        ["device"] = request.Device,
        ["product"] = request.Board.Product,
        ["board"] = request.Board.Name,
        ["sensor"] = request.Sensor.Length > 0 ? request.Sensor : request.Board.Chips[0],
        ["site"] = request.Site.Name,
        ["keys"] = request.IsBench ? "bench" : "utility",
        ["tariff"] = new JsonObject
        {
            ["name"] = tariff.Model.Name,
            ["crc"] = tariff.Table.Crc.ToString("X8"),
        },
        ["presets"] = new JsonArray([.. PresetsOf(request).Concat(OwnPresetsOf(request))
            .Select(preset => (JsonNode)new JsonObject
            {
                ["name"] = preset.Name,
                ["value"] = preset.Value.DeepClone(),
                ["why"] = preset.Why,
            })]),
    };

    private static byte[] Json(JsonObject content) => Encoding.UTF8.GetBytes(content.ToJsonString(new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    }) + "\n");
}

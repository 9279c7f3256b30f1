using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeterFirmware.Tools.MeterCtl.Devices;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>What `board new` is told of a charger or a site beside what it is told of every device.</summary>
internal sealed class ProductOptions
{
    private const int BytesMax = 64 * 1024;
    private const int BillingKeyBytes = 32;

    /// <summary>Port of a simulated board.</summary>
    public const string SimulatedPort = "sim";

    // What a simulated pilot's converter would count; a real board's are measured (Commissioning.md of EvCharger).
    private static readonly (string Member, int Counts)[] _simulatedCounts =
        [("highCountsAt12", 3600), ("highCountsAt6", 2400), ("lowCountsAt12", 400), ("lowCountsAt6", 1200)];

    private readonly Option<string?> _charger = new("--charger")
    {
        Description = "A charger: JSON object of members of charger.json, such as standard and stationMilliampsMax",
    };
    private readonly Option<string?> _billing = new("--billing-key")
    {
        Description = "A charger: file with the 32 bytes that sign its session records; --bench makes one",
    };
    private readonly Option<string?> _plan = new("--plan")
    {
        Description = "A site: its plan as site.txt writes it: limits, nodes, members",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_charger);
        command.Options.Add(_billing);
        command.Options.Add(_plan);
    }

    /// <summary>The request with the product's own files.</summary>
    public BoardRequest Read(ParseResult parsed, BoardRequest request)
    {
        string product = request.Board.Product;
        (string? charger, string? billing, string? plan) =
            (parsed.GetValue(_charger), parsed.GetValue(_billing), parsed.GetValue(_plan));
        if (product != "charger" && (charger ?? billing) is not null)
        {
            throw new InputException($"--charger, --billing-key: a charger's; {request.Board.Name} is a {product}'s");
        }

        if (product != "site" && plan is not null)
        {
            throw new InputException($"--plan: a site's; {request.Board.Name} is a {product}'s");
        }

        return product switch
        {
            "charger" => request with
            {
                Charger = Charger(charger ?? throw new InputException(
                    "--charger: what this charger is was expected: standard, stationMilliampsMax, phaseCount, the "
                    + "pilot's calibration (firmware/EvCharger/Commissioning.md)"), request.Port),
                ChargerSource = $"--charger: {charger}",
                BillingKey = BillingKey(billing, request.IsBench),
            },
            "site" => request with
            {
                SitePlan = PrivateFile.Read("--plan", plan ?? throw new InputException(
                    "--plan: the site's limits and members were expected (firmware/SiteController/README.md)"),
                    BytesMax),
                SiteSource = $"--plan: {plan}",
            },
            _ => request,
        };
    }

    /// <summary>A JSON object of a file that its owner alone may read.</summary>
    public static JsonObject ReadObject(string option, string path)
    {
        byte[] bytes = PrivateFile.Read(option, path, BytesMax);
        try
        {
            Dictionary<string, int> lines = JsonLines.Of(bytes, out string? twice);
            return twice is not null
                ? throw new InputException($"{option}: {path}:{lines[twice]}: {twice} is given twice")
                : JsonNode.Parse(bytes) as JsonObject
                ?? throw new InputException($"{option}: {path}: an object was expected");
        }
        catch (JsonException e)
        {
            throw new InputException($"{option}: {path}:{e.LineNumber + 1}: not JSON");
        }
    }

    private static JsonObject Charger(string path, string port)
    {
        JsonObject members = ReadObject("--charger", path);
        foreach ((string member, int counts) in _simulatedCounts)
        {
            bool isThere = members.Any(one => string.Equals(one.Key, member, StringComparison.OrdinalIgnoreCase));
            if (port == SimulatedPort && !isThere)
            {
                members[member] = counts;
            }
        }

        return members;
    }

    private static byte[] BillingKey(string? path, bool isBench) => path is null
        ? isBench ? RandomNumberGenerator.GetBytes(BillingKeyBytes)
            : throw new InputException("--billing-key: the key that signs session records was expected, or --bench")
        : PrivateFile.Read("--billing-key", path, BytesMax) is { Length: BillingKeyBytes } key ? key
            : throw new InputException($"--billing-key: {path}: {BillingKeyBytes} bytes were expected");
}

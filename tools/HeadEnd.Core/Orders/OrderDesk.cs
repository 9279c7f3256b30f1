using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeterFirmware.Commands;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.HeadEnds.Fleets;

namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>Takes orders: says what one would do, and who has to agree.</summary>
/// <param name="orders">Keeps them.</param>
/// <param name="fleet">Knows the devices.</param>
/// <param name="limits">How fast they go out.</param>
/// <param name="argumentsProblem">What is wrong with a command's arguments; null: nothing.</param>
/// <param name="utcNow">Now.</param>
public sealed class OrderDesk(OrderStore orders, FleetStore fleet, OrderLimits limits,
    Func<string, string, string?> argumentsProblem, Func<DateTimeOffset> utcNow)
{
    private static readonly JsonSerializerOptions _plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private const int WhyCharsMax = 200;

    /// <summary>What a device takes in one message, less head and mac.</summary>
    private const int ArgumentsCharsMax = 1_700;

    private const int FleetMax = 100_000;

    /// <summary>Dangerous orders of one person within this time count as one order of all their devices: cut into
    /// single ones it would need no second person.</summary>
    private static readonly TimeSpan _together = TimeSpan.FromHours(1);

    /// <summary>Orders at the same moment see each other: one plans and is kept before the next one plans.</summary>
    private readonly Lock _ordering = new();

    /// <summary>Words of the commands.</summary>
    public static IReadOnlyList<string> Commands { get; } =
        [.. Enumerable.Range(1, CommandCode.CodeMax).Select(CommandCatalogue.NameOf)];

    /// <summary>What an order would do; nothing is kept, nothing is sent.</summary>
    public (OrderPlan? Plan, string? Problem) Simulate(NewOrder order, string who) =>
        Problem(order) is { } problem ? (null, problem) : (Plan(order, who), null);

    /// <summary>Takes an order. One that needs a second person waits for him, all others begin.</summary>
    /// <param name="order">What is ordered.</param>
    /// <param name="who">Name of the account or the token.</param>
    /// <param name="isPerson">False: a machine's token.</param>
    /// <returns>Its number, or what is wrong.</returns>
    public (long? Id, string? Problem) Order(NewOrder order, string who, bool isPerson)
    {
        if (Problem(order) is { } problem)
        {
            return (null, problem);
        }

        lock (_ordering)
        {
            return Keep(order, who, isPerson);
        }
    }

    /// <summary>A second person agrees.</summary>
    /// <returns>What is wrong; null: it runs.</returns>
    public string? Approve(long id, string who, bool isPerson) =>
        !isPerson ? "a person has to agree; a machine is none"
        : orders.Approve(id, who) ? null
        : "id: an order of somebody else's that waits, made within a day, was expected";

    private (long? Id, string? Problem) Keep(NewOrder order, string who, bool isPerson)
    {
        OrderPlan plan = Plan(order, who);
        if (plan.Devices.FirstOrDefault(one => one.Outcome == PlannedDevice.Unknown) is { } unknown)
        {
            return (null, $"devices: {unknown.Address}: nobody has heard of it");
        }

        if (plan.NeedsTwo && !isPerson)
        {
            return (null, "devices: two persons have to agree to that; a machine is none");
        }

        return (orders.Add(order with { Arguments = Compact(order.Arguments)! }, plan.IsDangerous, plan.Minutes > 0,
            plan.NeedsTwo ? OrderStates.Waiting : OrderStates.Running, who), null);
    }

    private OrderPlan Plan(NewOrder order, string who)
    {
        using JsonDocument arguments = JsonDocument.Parse(order.Arguments);
        bool isDangerous = CommandDanger.Is(order.Command, arguments.RootElement);
        Dictionary<string, FleetDevice> known = fleet.Devices(null, FleetMax).ToDictionary(one => one.Address);
        IReadOnlySet<string> kept = isDangerous ? fleet.Protected() : new HashSet<string>();
        List<PlannedDevice> devices = [.. order.Devices.Select(address => new PlannedDevice(address,
            !known.TryGetValue(address, out FleetDevice? device) ? PlannedDevice.Unknown
            : kept.Contains(address) ? PlannedDevice.Protected
            : device.IsOnline ? PlannedDevice.Ready : PlannedDevice.Offline))];
        bool needsTwo = isDangerous && order.Devices
            .Union(orders.DangerousDevicesOf(who, utcNow() - _together)).Count() > 1;
        int sent = devices.Count(one => one.Outcome is PlannedDevice.Ready or PlannedDevice.Offline);
        int most = limits.DangerousDevicesAMinuteMax;
        bool isPaced = CommandDanger.IsPaced(order.Command, arguments.RootElement);
        return new OrderPlan(isDangerous, needsTwo, isPaced ? Math.Max(1, (sent + most - 1) / most) : 0, devices);
    }

    private string? Problem(NewOrder order) => Problem(order.Command, order.Arguments, order.Role)
        ?? (order.Devices.Count is 0 or > OrderLimits.DevicesMax || !order.Devices.All(TelemetrySettings.IsDevice)
            || order.Devices.Distinct().Count() < order.Devices.Count
            ? $"devices: 1 to {OrderLimits.DevicesMax} different addresses were expected" : ProblemOfReason(order.Why));

    /// <summary>What is wrong with a reason; null: nothing.</summary>
    internal static string? ProblemOfReason(string why) =>
        why.Trim().Length is 0 or > WhyCharsMax || why.Any(char.IsControl)
            ? $"why: 1 to {WhyCharsMax} characters without control characters were expected" : null;

    /// <summary>What is wrong with a command and its arguments; null: nothing.</summary>
    internal string? Problem(string command, string json, string roleWord)
    {
        int code = Commands.ToList().IndexOf(command) + 1;
        int role = RoleOf(roleWord);
        return code == 0 ? $"command: {string.Join(", ", Commands)} was expected"
            : role < 0 ? "role: utility, technician, owner or reader was expected"
            : !CommandCatalogue.IsAllowed(code, role) ? $"role: {roleWord} may not give {command}"
            : Compact(json) is not { Length: <= ArgumentsCharsMax } arguments
                ? $"arguments: a JSON object of at most {ArgumentsCharsMax} characters was expected"
            : argumentsProblem(command, arguments);
    }

    /// <summary>One of <see cref="CommandRole"/>; −1: there is no such role.</summary>
    public static int RoleOf(string word) =>
        Enumerable.Range(0, CommandRole.Count).Where(role => CommandRole.NameOf(role) == word).FirstOrDefault(-1);

    /// <summary>Written anew, so that nothing but one object stands there; null: it is none.</summary>
    public static string? Compact(string arguments)
    {
        try
        {
            JsonObject? parsed = JsonNode.Parse(arguments, documentOptions: new JsonDocumentOptions
            {
                AllowDuplicateProperties = false,
            }) as JsonObject;

            // The usual way writes the + of base64 as six characters, which devices do not read there.
            return parsed?.ToJsonString(_plain) is not { } text ? null
                : text.All(char.IsAscii) ? text : parsed.ToJsonString();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

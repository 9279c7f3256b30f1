using System.Diagnostics;
using System.Text.Json;
using MeterFirmware.Tools.MeterCtl.Commands;
using MeterFirmware.Tools.MeterCtl.Devices;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>Asks a commissioned device over its broker: is it there, is it the right one, does it obey its key, is it
/// well, which tariff does it have; a charger also what its safety loop says after a test of its monitor.</summary>
internal sealed class BoardCheck(DeviceLink link, BoardRecord record, SignedRequest signer, TimeSpan patience)
{
    private static readonly TimeSpan _readingPatience = TimeSpan.FromSeconds(310);
    private static readonly TimeSpan _testTime = TimeSpan.FromSeconds(2);

    // Groups of faults that stand for one part, and the words of the protocol for them.
    private static readonly (string Part, string[] Faults)[] _chargerParts =
    [
        ("residual-current test", ["rcd-self-test", "rcd-ac", "rcd-dc"]),
        ("contactor feedback", ["welded", "stuck"]),
        ("pilot", ["pilot-short", "diode"]),
        ("protective earth", ["pe"]),
        ("mains", ["over-voltage", "under-voltage", "frequency", "phase-loss"]),
        ("loop", ["loop-stall", "internal", "meter", "over-temperature", "over-current", "hard-over-current"]),
    ];

    private readonly List<CheckResult> _results = [];

    // A site class asks for a reading in five minutes at most.
    private TimeSpan ReadingPatience => patience > _readingPatience ? patience : _readingPatience;

    /// <summary>All of them, in order; without a birth nothing further is asked.</summary>
    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancel)
    {
        JsonElement? born = await link.AskAsync(null, default, (channel, content) => channel == "status"
            && content.Is("device", record.Device) && content.Flag("online"), patience, cancel);
        if (born is not { } birth)
        {
            Add("birth", false, $"no birth within {patience.TotalSeconds:0} s");
            return _results;
        }

        long records = birth.Whole("next", 1, long.MaxValue) - 1;
        Add("birth", true, $"firmware {birth.Text("firmware")}, {records} records so far");
        Add("product", birth.Is("product", ProductOf(record.Product)), birth.Text("product"));
        JsonElement? test = await AskAsync("self-test", "{}", cancel);
        if (test is { } parts)
        {
            foreach (string part in new[] { "sensor", "storage", "time" })
            {
                Add($"self-test: {part}", parts.Flag(part), parts.Flag(part) ? "good" : "not good");
            }
        }

        if (record.Product == "charger")
        {
            await AddConnectorAsync(cancel);
        }

        if (await AskAsync("health", "{}", cancel) is { } health)
        {
            long faults = health.Whole("sensorFaults", 0, long.MaxValue);
            Add("health", faults == 0, $"{faults} sensor faults, last reset by {health.Text("resetCause")}, clock from "
                + $"{health.Object("time").Text("source")}");
        }

        if (record.Product == "meter" && await AskAsync("read", """{"what":"tariff"}""", cancel) is { } tariff)
        {
            Add("tariff", tariff.Is("tariff", record.Tariff), tariff.Text("tariff"));
        }

        return _results;
    }

    /// <summary>What a device's birth calls its product.</summary>
    private static string ProductOf(string product) => product switch
    {
        "charger" => "ev-charger",
        "site" => "site-controller",
        _ => "smart-meter",
    };

    /// <summary>The parts of a charger by the faults that it reports in a reading made after its test.</summary>
    private async Task AddConnectorAsync(CancellationToken cancel)
    {
        // The test takes half a second: a reading that comes later was made after it.
        Stopwatch since = Stopwatch.StartNew();
        JsonElement? told = await link.AskAsync(null, default, (channel, content) => channel == "instant"
            && content.Is("device", record.Device) && since.Elapsed >= _testTime, ReadingPatience, cancel);
        if (told is not { } reading || !reading.Object("connector").TryGetProperty("faults", out JsonElement list)
            || list.ValueKind != JsonValueKind.Array)
        {
            Add("connector", false, $"no reading within {ReadingPatience.TotalSeconds:0} s; instantSeconds says how "
                + "often one comes");
            return;
        }

        JsonElement connector = reading.Object("connector");
        string[] faults = [.. list.EnumerateArray().Select(fault => fault.ToString())];
        Add("connector", true, $"{connector.Text("status")}, pilot {connector.Text("pilot")}, contactor "
            + (connector.Flag("contactor") ? "closed" : "open"));
        foreach ((string part, string[] words) in _chargerParts)
        {
            string[] found = [.. words.Where(faults.Contains)];
            Add(part, found.Length == 0, found.Length == 0 ? "no fault" : string.Join(", ", found));
        }
    }

    /// <summary>The result of a signed command; null: it was refused or not answered, which is noted.</summary>
    private async Task<JsonElement?> AskAsync(string word, string arguments, CancellationToken cancel)
    {
        byte[] message = signer.Command(word, arguments);
        long id = signer.Id;
        JsonElement? answer = await link.AskAsync("command", message, (channel, content) =>
            channel == "reply" && SignedCommandCommand.IsAnswer(content, id), patience, cancel);
        if (answer is { } given && given.Flag("ok"))
        {
            return given.Object("result");
        }

        Add(word, false, answer is { } refused ? $"refused: {refused.Text("error")}"
            : $"no answer within {patience.TotalSeconds:0} s: not its key, or the link is bad");
        return null;
    }

    private void Add(string name, bool isPassed, string detail) =>
        _results.Add(new CheckResult(name, isPassed, detail));
}

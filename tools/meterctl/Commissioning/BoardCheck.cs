using System.Text.Json;
using MeterFirmware.Tools.MeterCtl.Commands;
using MeterFirmware.Tools.MeterCtl.Devices;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>Asks a commissioned meter over its broker: is it there, is it the right one, does it obey its key, is it
/// well, which tariff does it have.</summary>
internal sealed class BoardCheck(DeviceLink link, BoardRecord record, SignedRequest signer, TimeSpan patience)
{
    /// <summary>What a meter's birth calls it.</summary>
    private const string MeterProduct = "smart-meter";

    private readonly List<CheckResult> _results = [];

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
        Add("product", birth.Is("product", MeterProduct), birth.Text("product"));
        JsonElement? test = await AskAsync("self-test", "{}", cancel);
        if (test is { } parts)
        {
            foreach (string part in new[] { "sensor", "storage", "time" })
            {
                Add($"self-test: {part}", parts.Flag(part), parts.Flag(part) ? "good" : "not good");
            }
        }

        if (await AskAsync("health", "{}", cancel) is { } health)
        {
            long faults = health.Whole("sensorFaults", 0, long.MaxValue);
            Add("health", faults == 0, $"{faults} sensor faults, last reset by {health.Text("resetCause")}, clock from "
                + $"{health.Object("time").Text("source")}");
        }

        if (await AskAsync("read", """{"what":"tariff"}""", cancel) is { } tariff)
        {
            Add("tariff", tariff.Is("tariff", record.Tariff), tariff.Text("tariff"));
        }

        return _results;
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

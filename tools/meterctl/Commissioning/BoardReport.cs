using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>
/// A commissioning report: one HTML page without a script that runs. Its content stands in it as JSON, with an
/// HMAC-SHA256 by the technician's key of the device; the page is made out of the JSON, so that whoever has the key
/// sees whether a letter of it was changed.
/// </summary>
internal static class BoardReport
{
    private const string Begin = "<script type=\"application/json\" id=\"report\">";
    private const string End = "</script>";
    private const string MacBegin = "<code id=\"mac\">";
    private const string MacEnd = "</code>";
    private const string Style =
        "body{font:11pt sans-serif;margin:2cm}td{border-bottom:1px solid #999;padding:2pt 8pt}";

    /// <summary>No message to a device begins so: a report's MAC is never a command's.</summary>
    private static readonly byte[] _purpose = Encoding.ASCII.GetBytes("meterfirmware commissioning report 1\n");

    /// <summary>The content; strings are escaped so that no mark-up stands in it.</summary>
    public static string Content(BoardRecord record, string technician, DateTimeOffset at,
        IReadOnlyList<CheckResult> checks, IReadOnlySet<int> done) => new JsonObject
        {
            ["device"] = record.Device,
            ["board"] = record.Board,
            ["sensor"] = record.Sensor,
            ["site"] = record.Site,
            ["keys"] = record.IsBench ? "bench" : "utility",
            ["technician"] = technician,
            ["at"] = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["passed"] = checks.All(one => one.IsPassed),
            ["checks"] = new JsonArray([.. checks.Select(one => (JsonNode)new JsonObject
            {
                ["name"] = one.Name,
                ["passed"] = one.IsPassed,
                ["detail"] = one.Detail,
            })]),
            ["byHand"] = new JsonArray([.. ElectricalCheck.All.Select((one, i) => (JsonNode)new JsonObject
            {
                ["what"] = one.What,
                ["source"] = one.Source,
                ["done"] = done.Contains(i + 1),
            })]),
        }.ToJsonString();

    /// <summary>The page of a content, signed.</summary>
    public static string Page(string content, byte[] key)
    {
        JsonElement report = JsonDocument.Parse(content).RootElement;
        string state = report.GetProperty("passed").GetBoolean() ? "passed" : "NOT PASSED";
        string Text(string name) => WebUtility.HtmlEncode(report.GetProperty(name).GetString()!);
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Commissioning of {Text("device")}</title>
            <style>{Style}</style>
            </head><body>
            <h1>Commissioning of {Text("device")}</h1>
            <p>Board {Text("board")}, chip {Text("sensor")}, site class {Text("site")}, {Text("keys")} keys.
            Technician: {Text("technician")}. Made {Text("at")}.</p>
            <h2>Asked of the device: {state}</h2>
            <table>

            """);
        foreach (JsonElement check in report.GetProperty("checks").EnumerateArray())
        {
            Row(page, check.GetProperty("passed").GetBoolean() ? "passed" : "FAILED", check.GetProperty("name"),
                check.GetProperty("detail"));
        }

        page.Append("</table>\n<h2>Done by hand, as the technician says</h2>\n<table>\n");
        foreach (JsonElement check in report.GetProperty("byHand").EnumerateArray())
        {
            Row(page, check.GetProperty("done").GetBoolean() ? "done" : "not done", check.GetProperty("what"),
                check.GetProperty("source"));
        }

        page.Append("</table>\n<p>Signed with the technician's key of the device (HMAC-SHA256): ")
            .Append(MacBegin).Append(MacOf(content, key)).Append(MacEnd)
            .Append("</p>\n").Append(Begin).Append(content).Append(End).Append("\n</body></html>\n");
        return page.ToString();
    }

    /// <summary>The content of a page that this key signed and nobody changed; null: it is no such page.</summary>
    public static string? Verify(string page, byte[] key)
    {
        int from = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int to = from < Begin.Length ? -1 : page.IndexOf(End, from, StringComparison.Ordinal);
        if (to < 0)
        {
            return null;
        }

        string content = page[from..to];
        try
        {
            // The whole page is made again: what a person reads is as signed as the content.
            return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Page(content, key)),
                Encoding.UTF8.GetBytes(page)) ? content : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Row(StringBuilder page, string state, JsonElement what, JsonElement detail) => page.Append(
        CultureInfo.InvariantCulture, $"<tr><td>{state}</td><td>{WebUtility.HtmlEncode(what.GetString())}</td>"
        + $"<td>{WebUtility.HtmlEncode(detail.GetString())}</td></tr>\n");

    private static string MacOf(string content, byte[] key)
    {
        byte[] message = [.. _purpose, .. Encoding.UTF8.GetBytes(content)];
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, message));
    }
}

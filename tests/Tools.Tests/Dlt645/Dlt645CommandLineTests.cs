using System;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Dlt645;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Dlt645;
using MeterFirmware.Tools.MeterCtl.Lines;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt645;

/// <summary>The contract of design/cli.md, section dlt645.</summary>
[TestClass]
public class Dlt645CommandLineTests
{
    private const string Reply = "68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16";

    [TestMethod]
    public void TheFactsReplyDecodesToItsEnergy()
    {
        (int code, JsonElement json, _) = Run($"dlt645 decode {Reply} --json");
        Assert.AreEqual(0, code);
        JsonElement frame = json.GetProperty("frames")[0];
        Assert.AreEqual("000000000161", frame.GetProperty("address").GetString());
        Assert.AreEqual("91", frame.GetProperty("control").GetString());
        Assert.AreEqual("reply", frame.GetProperty("direction").GetString());
        Assert.AreEqual("00010000", frame.GetProperty("di").GetString());
        Assert.AreEqual("0.26", frame.GetProperty("values")[0].GetProperty("value").GetString());
        Assert.AreEqual("kWh", frame.GetProperty("values")[0].GetProperty("unit").GetString());
        Assert.AreEqual(JsonValueKind.Null, frame.GetProperty("error").ValueKind);
    }

    [TestMethod]
    [DataRow("68 61 01 00 00 00 00 68 11 04 33 33 34 33 15 16", "checksum")]
    [DataRow("68 61 01 00 00 00 00 68 11 04 33 33 34 33 14 17", "end")]
    [DataRow("68 61 01 00 00 00 00 67 11 04 33 33 34 33 14 16", "second start")]
    [DataRow("68 6A 01 00 00 00 00 68 11 04 33 33 34 33 1D 16", "address")]
    [DataRow("68 61 01 00 00 00 00 68 91 C9 33 33 34 33 14 16", "length")]
    [DataRow("68 61 01 00 00 00 00 68 11 04 33 33", "truncated")]
    [DataRow("68 61 01 00 00 00 00 68 11 05 33 33 34 33 14 16", "truncated")]
    [DataRow("68 61 01 00 00 00 00 68 11 03 33 33 34 33 14 16", "length")]
    [DataRow("00 61 01", "start")]
    [DataRow("FE FE", "truncated")]
    [DataRow("68 61 01 00 00 00 00 68 91 05 33 33 34 33 59 EE 16", "data length")]
    public void ABadFrameIsExitOneAndSaysWhichCheckFailed(string hex, string check)
    {
        (int code, JsonElement json, string error) = Run($"dlt645 decode {hex} --json");
        Assert.AreEqual(1, code);
        StringAssert.StartsWith(json.GetProperty("frames")[0].GetProperty("error").GetString(), check);
        StringAssert.Contains(error, check);
    }

    [TestMethod]
    [DataRow("91", "00 00 01 00 3A 12 00 00", null, "no BCD digits: 0000123A")]
    [DataRow("91", "00 00 01 00 FF FF FF FF", null, null)]
    [DataRow("91", "0C 01 00 04 60 59 23 05 31 12 26", "2026-12-31 weekday 5 23:59:60",
        "impossible second 60: 0 to 59")]
    [DataRow("91", "0C 01 00 04 59 59 24 05 31 12 26", "2026-12-31 weekday 5 24:59:59", "impossible hour 24: 0 to 23")]
    [DataRow("91", "0C 01 00 04 59 59 23 05 29 02 26", "2026-02-29 weekday 5 23:59:59", "impossible day 29: 1 to 28")]
    [DataRow("91", "0C 01 00 04 59 59 23 05 29 02 28", "2028-02-29 weekday 5 23:59:59", null)]
    [DataRow("91", "0C 01 00 04 59 59 23 07 31 12 26", "2026-12-31 weekday 7 23:59:59",
        "impossible weekday 07: 0 to 6")]
    [DataRow("91", "0C 01 00 04 59 59 23 05 31 13 26", "2026-13-31 weekday 5 23:59:59", "impossible month 13: 1 to 12")]
    [DataRow("16", "60 23 31 12", "12-31 23:60", "impossible minute 60: 0 to 59")]
    [DataRow("16", "00 99 99 99", "99-99 99:00", null)]
    [DataRow("16", "00 00 31 02", "02-31 00:00", "impossible day 31: 1 to 29")]
    [DataRow("08", "00 00 00 32 01 26", "2026-01-32T00:00:00", "impossible day 32: 1 to 31")]
    public void BytesThatAreNoDigitsAndTimesThatNeverAreAreMarked(
        string control, string data, string value, string problem)
    {
        string hex = Frame(control, data);
        (int code, JsonElement json, _) = Run($"dlt645 decode {hex} --json");
        Assert.AreEqual(0, code, "the frame itself is good");
        JsonElement shown = json.GetProperty("frames")[0].GetProperty("values")[0];
        Assert.AreEqual(value, shown.GetProperty("value").GetString());
        Assert.AreEqual(problem, shown.TryGetProperty("problem", out JsonElement found) ? found.GetString() : null);
        if (problem != null)
        {
            StringAssert.Contains(CommandLine.Run($"dlt645 decode {hex}".Split(' ')).Output, "! " + problem);
        }
    }

    [TestMethod]
    public void FramesBehindABadOneAreStillDecoded()
    {
        (int code, JsonElement json, _) =
            Run(
                $"dlt645 decode FEFE{Reply} 00 68 61 {Reply.Replace("8A", "8B", StringComparison.Ordinal)} FE {Reply} "
                    + "--json");
        Assert.AreEqual(1, code);
        JsonElement frames = json.GetProperty("frames");
        string[] errors = [.. System.Linq.Enumerable.Select(frames.EnumerateArray(),
            f => f.GetProperty("error").GetString() ?? "good")];
        CollectionAssert.AreEqual(new[] { "good", "start: expected 68 at byte 22, found 00", "good" }, errors);
    }

    [TestMethod]
    public void PartsOfALongAnswerAreJoinedAndEachShowsItsOwnValues()
    {
        // Two registers and half of the third, then its other half and the fourth.
        string first = Frame("B1", "00 FF 01 00 56 34 12 00 01 00 00 00 02 00");
        string second = Frame("92", "00 FF 01 00 00 00 03 00 00 00 01");
        (int code, JsonElement json, _) = Run($"dlt645 decode {first} {second} --json");
        Assert.AreEqual(0, code);
        JsonElement frames = json.GetProperty("frames");
        Assert.IsTrue(frames[0].GetProperty("more").GetBoolean());
        Assert.AreEqual("1234.56,0.01", Values(frames[0]));
        Assert.AreEqual("0.02,0.03", Values(frames[1]));
    }

    private static string Values(JsonElement frame) => string.Join(
        ",", System.Linq.Enumerable.Select(frame.GetProperty("values").EnumerateArray(),
            v => v.GetProperty("value").GetString()));

    private static string Frame(string control, string data) => Run(
        $"dlt645 encode --address 161 --control {control} --data {data.Replace(" ", "", StringComparison.Ordinal)} "
            + "--json")
        .Json.GetProperty("hex").GetString();

    [TestMethod]
    [DataRow("decode 6", 2)]
    [DataRow("decode zz", 2)]
    [DataRow("decode", 2)]
    [DataRow("encode --address 12345678901234 --read 00010000", 2)]
    [DataRow("encode --address 1 --read 0001000", 2)]
    [DataRow("encode --address 1 --read 00010000 --baud 9600", 2)]
    [DataRow("encode --address 1 --write 04000103 --data 15", 2)]
    [DataRow("encode --address 1 --baud 300", 2)]
    [DataRow("read --address 1 --di 00010000", 2)]
    public void BadUsageIsExitTwoWithOneLine(string arguments, int expected)
    {
        (int code, _, string error) = Run("dlt645 " + arguments);
        Assert.AreEqual(expected, code);
        Assert.AreEqual(1, error.TrimEnd().Split('\n').Length);
    }

    [TestMethod]
    [DataRow("--address 161 --read 00010000", "68610100000000681104333334331416")]
    [DataRow("--address 161 --read 00010000 --wake 4", "FEFEFEFE68610100000000681104333334331416")]
    [DataRow("--address AAAAAAAAAAAA --read-address", "68AAAAAAAAAAAA681300DF16")]
    [DataRow("--address 999999999999 --time 2026-01-31T08:15:07", "6899999999999968 08 06 3A 48 3B 64 34 59 22 16")]
    public void RequestsAreEncodedByteForByte(string arguments, string hex)
    {
        (int code, JsonElement json, _) = Run($"dlt645 encode {arguments} --json");
        Assert.AreEqual(0, code);
        Assert.AreEqual(hex.Replace(" ", "", StringComparison.Ordinal), json.GetProperty("hex").GetString());
    }

    [TestMethod]
    public async Task AMeterBehindTcpIsReadLikeAnyOther()
    {
        Dlt645Settings settings = new();
        Dlt645Input.Address("000012345678", "test").CopyTo(settings.Address, 0);
        using MeterLineHost host = new(0, settings, TariffFile.Load("china-workplace-five-rates").Table, 1_150,
            MeterProtocols.Dlt645);
        host.Start();
        using CancellationTokenSource cancel = new();
        Task serving = Task.Run(() => host.RunAsync(cancel.Token));
        (int code, JsonElement json, _) =
            Run(
                $"dlt645 read --tcp 127.0.0.1:{host.Port} --address AAAAAAAAAAAA --di 0201FF00 --di 0001FF00 --di "
                    + "04000204 --json");
        (int refused, JsonElement no, _) =
            Run($"dlt645 read --tcp 127.0.0.1:{host.Port} --address 12345678 --di 7F000000 --json");
        cancel.Cancel();
        await serving;
        Assert.AreEqual(0, code);
        JsonElement frame = json.GetProperty("frames")[0];
        Assert.AreEqual("000012345678", frame.GetProperty("address").GetString());

        // The simulated mains have 230 V and the chip some noise; five rates make six registers.
        StringAssert.StartsWith(frame.GetProperty("values")[0].GetProperty("value").GetString(), "2");
        Assert.AreEqual(1, frame.GetProperty("values").GetArrayLength());
        Assert.AreEqual(6, json.GetProperty("frames")[1].GetProperty("values").GetArrayLength());
        Assert.AreEqual("5", json.GetProperty("frames")[2].GetProperty("values")[0].GetProperty("value").GetString());
        Assert.AreEqual(1, refused);
        Assert.AreEqual("no such data", no.GetProperty("frames")[0].GetProperty("refused")[0].GetString());
    }

    private static (int Code, JsonElement Json, string Error) Run(string line)
    {
        CommandLine run = CommandLine.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        JsonElement json = run.Output.StartsWith('{') ? JsonDocument.Parse(run.Output).RootElement : default;
        return (run.ExitCode, json, run.Errors);
    }
}

using System;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt698;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Dlt645;
using MeterFirmware.Tools.MeterCtl.Lines;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt698;

/// <summary>`meterctl dlt698 read` against the firmware's meter, over TCP and over a pseudo-terminal.</summary>
[TestClass]
public class Dlt698CommandLineTests
{
    private const string To = "--address 000012345678";

    private string _line = "";

    [TestMethod]
    public Task OverTcpAMeterIsReadChangedAndHeard() => Serve(null, 60, Session);

    [TestMethod]
    public Task BlocksRecordsAndThenGetAreAskedFor() => Serve(null, 0, Longer);

    [TestMethod]
    public Task OverASerialPortAMeterIsReadAndChanged()
    {
        if (!PseudoTerminal.IsThere)
        {
            Assert.Inconclusive("skipped: /dev/ptmx not found");
        }

        return Serve(new PseudoTerminal(), 0, Session);
    }

    private async Task Serve(PseudoTerminal terminal, int heartbeat, Action session)
    {
        Dlt645Settings settings = new();
        Dlt645Input.Address("000012345678", "test").CopyTo(settings.Address, 0);
        settings.Passwords[2] = 0x123456;
        MeterProtocol protocol = MeterProtocols.Dlt698(heartbeat, Dlt698Protocol.DefaultBaud);
        using PseudoTerminal own = terminal;
        using MeterLineHost host = terminal == null
            ? new(0, settings, TariffFile.Load("china-workplace-five-rates").Table, 1_150, protocol)
            : new(terminal, settings, TariffFile.Load("china-workplace-five-rates").Table, 1_150, protocol);
        host.Start();
        _line = terminal == null ? $"--tcp 127.0.0.1:{host.Port}" : $"--serial {terminal.Name} --parity none";
        using CancellationTokenSource cancel = new();
        Task serving = Task.Run(() => host.RunAsync(cancel.Token));
        try
        {
            session();
        }
        finally
        {
            await cancel.CancelAsync();
            await serving;
        }
    }

    private void Session()
    {
        JsonElement frame = Good("read --get 40010200 --get 00100200 --get 200F0200");
        Assert.AreEqual("000012345678", frame.GetProperty("address").GetString());
        Assert.AreEqual("000012345678", Value(frame, "octets"));
        Assert.AreEqual(6, frame.GetProperty("fields").EnumerateArray()
            .Count(f => f.GetProperty("unit").GetString() == "kWh"), "total and five rates");
        Assert.AreEqual("50.00", Value(frame, "frequency"));
        Assert.AreEqual("none", Value(Good("read --get 10200201"), "time"), "nothing was exported yet");

        Refused($"read {To} --set 41000200 --data 111E", "meterctl: refused: 15 password");
        Refused(
            $"read {To} --set 41000200 --data 111E --password 02:000000", "meterctl: connect refused: wrong password");
        Good($"read {To} --set 41000200 --data 111E --password 02:123456");
        Assert.AreEqual("30", Value(Good($"read {To} --get 41000200"), "u8"));
        JsonElement row = Good($"read {To} --record 30120200 --last 1 --column 20220200 --column 201E0200");
        StringAssert.StartsWith(
            row.GetProperty("fields").EnumerateArray().Last().GetProperty("value").GetString(), "20");
        Refused($"read {To} --get 00900200", "meterctl: refused: 6 object missing");

        // Longer than a frame: it comes in fragments.
        JsonElement tables = Good($"read {To} --get 40160200 --get 40170200 --get 40140200 --get 40110200");
        Assert.IsTrue(tables.GetProperty("fields").GetArrayLength() > 150);
        Refused("read --address 1 --get 40010200 --timeout 200 --tries 1", "meterctl: no answer");
    }

    private void Longer()
    {
        // Longer than a message: it comes in blocks, each asked for.
        string day = "--get 40160200 --get 40170200 ";
        CommandLine blocks = Run("read " + string.Concat(Enumerable.Repeat(day, 12)) + "--json");
        Assert.AreEqual(0, blocks.ExitCode, blocks.Errors);
        JsonElement[] frames = [.. JsonDocument.Parse(blocks.Output).RootElement.GetProperty("frames")
            .EnumerateArray().Where(f => f.GetProperty("service").GetString() == "get response next")];
        Assert.IsTrue(frames.Length > 1, $"{frames.Length} blocks");
        Assert.AreEqual(24, frames.Sum(f => f.GetProperty("fields").EnumerateArray()
            .Count(v => v.GetProperty("name").GetString() == "object")));

        JsonElement changed = Good(
            $"read {To} --set 41000200 --data 110F --then-get 41000200 --delay 1 --password 02:123456");
        Assert.AreEqual("15", Value(changed, "u8"));
        Good($"read {To} --record 30120200 --record 30110200 --last 1");
    }

    [TestMethod]
    [DataRow("read --get 40010200", "read: give exactly one of --tcp HOST:PORT and --serial PORT")]
    [DataRow("read --tcp 127.0.0.1:1", "read: give exactly one of --get, --record, --set and --action")]
    [DataRow("read --tcp 127.0.0.1:1 --get 4001", "--get: '4001' is no object (8 hex digits, such as 00100200)")]
    [DataRow(
        "read --tcp 127.0.0.1:1 --get 40010200 --address 12X",
        "--address: '12X' is no server address (up to 32 digits, A for any)")]
    [DataRow(
        "read --tcp 127.0.0.1:1 --record 50040200",
        "--record: give --last N, or --from TIME with or without --to TIME")]
    [DataRow("read --serial /dev/no-such-port --get 40010200", "--serial /dev/no-such-port: there is no such port")]
    [DataRow("serve --address 1", "serve: give exactly one of --port N and --serial PORT")]
    [DataRow("serve --address 1 --port 0 --heartbeat -1", "--heartbeat: -1 is not 0 to 65535")]
    public void BadUsageIsOneLineThatNamesTheOption(string arguments, string expected)
    {
        CommandLine run = CommandLine.Run(("dlt698 " + arguments).Split(' '));
        Assert.AreEqual(2, run.ExitCode, run.Errors);
        Assert.AreEqual("meterctl: " + expected, run.Errors.TrimEnd());
    }

    private CommandLine Run(string arguments) => CommandLine.Run($"dlt698 {arguments} {_line}".Split(' '));

    /// <summary>The last frame: in front of it stands what the meter said by itself.</summary>
    private JsonElement Good(string arguments)
    {
        CommandLine run = Run(arguments + " --json");
        Assert.AreEqual(0, run.ExitCode, arguments + ": " + run.Errors);
        return JsonDocument.Parse(run.Output).RootElement.GetProperty("frames").EnumerateArray().Last();
    }

    private void Refused(string arguments, string error)
    {
        CommandLine run = Run(arguments);
        Assert.AreEqual(1, run.ExitCode, run.Errors);
        Assert.AreEqual(error, run.Errors.Trim());
    }

    private static string Value(JsonElement frame, string name) => frame.GetProperty("fields").EnumerateArray()
        .First(f => f.GetProperty("name").GetString() == name).GetProperty("value").GetString()!;
}

using System;
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

/// <summary>A technician with a serial adapter: `meterctl dlt645` over a real pseudo-terminal against the firmware's
/// meter.</summary>
[TestClass]
public sealed class Dlt645SerialTests
{
    private const string To = "--address 000012345678";

    private string _port = "";

    [TestMethod]
    public async Task ATechnicianReadsSetsTheClockFreezesAndIsLockedOutOverASerialPort()
    {
        if (!PseudoTerminal.IsThere)
        {
            Assert.Inconclusive("skipped: /dev/ptmx not found");
        }

        Dlt645Settings settings = new();
        Dlt645Input.Address("000012345678", "test").CopyTo(settings.Address, 0);
        settings.Passwords[2] = 0x123456;
        using PseudoTerminal line = new();
        _port = line.Name;
        using MeterLineHost host = new(line, settings, TariffFile.Load("china-workplace-five-rates").Table, 1_150,
            MeterProtocols.Dlt645);
        host.Start();
        using CancellationTokenSource cancel = new();
        Task serving = Task.Run(() => host.RunAsync(cancel.Token));
        try
        {
            Session();
        }
        finally
        {
            cancel.Cancel();
            await serving;
        }
    }

    private void Session()
    {
        JsonElement address = Good("send --address AAAAAAAAAAAA --read-address");
        Assert.AreEqual("000012345678", Value(address, 0, 0));

        // Total energy, then a block: total and five rates.
        JsonElement energies = Good($"read {To} --di 00010000 --di 0001FF00");
        Assert.AreEqual(1, energies[0].GetProperty("values").GetArrayLength());
        Assert.AreEqual(6, energies[1].GetProperty("values").GetArrayLength());
        Assert.AreEqual("kWh", energies[1].GetProperty("values")[5].GetProperty("unit").GetString());

        Good($"send {To} --clock 2031-03-04T05:06:07 --password 02:123456 --operator 00000042");
        StringAssert.StartsWith(Value(Good($"read {To} --di 0400010C"), 0, 0), "2031-03-04");

        StringAssert.StartsWith(Value(Good($"send {To} --read 0400010C"), 0, 0), "2031-03-04");

        Good($"send {To} --freeze 99999999");
        StringAssert.StartsWith(Value(Good($"read {To} --di 05010001"), 0, 0), "2031-03-04T05:06");

        for (int i = 0; i < 5; i++)
        {
            Refused($"send {To} --write 04000103 --data 30 --password 02:000000");
        }

        // The right one is too late for a day; reading goes on.
        Refused($"send {To} --write 04000103 --data 30 --password 02:123456");
        Assert.AreEqual("15", Value(Good($"read {To} --di 04000103"), 0, 0));
        CommandLine broadcast = Run("send --address 999999999999 --time now");
        Assert.AreEqual(0, broadcast.ExitCode, broadcast.Errors);
        StringAssert.Contains(broadcast.Output, "a broadcast has no answer");
        CommandLine silent = Run("send --address 1 --read-address --timeout 100");
        Assert.AreEqual(1, silent.ExitCode);
        Assert.AreEqual("meterctl: no reply", silent.Errors.Trim());
    }

    [TestMethod]
    [DataRow("send --address 1 --read-address", "send: give exactly one of --tcp HOST:PORT and --serial PORT")]
    [DataRow("send --serial /dev/no-such-port --address 1 --read-address", "--serial /dev/no-such-port: ")]
    [DataRow("send --serial /dev/no-such-port --address 1", "send: give exactly one of --read, ")]
    [DataRow("send --serial /dev/no-such-port --address 1 --clock now", "--password is missing (such as 02:123456)")]
    [DataRow("send --serial /dev/no-such-port --address 1 --clock yesterday --password 02:123456",
        "--clock: 'yesterday' is not a time")]
    [DataRow("read --serial /dev/no-such-port --address 1 --di 00010000 --parity odd",
        "--parity: 'odd' is not even or none")]
    [DataRow("serve --address 1", "serve: give exactly one of --port N and --serial PORT")]
    [DataRow("serve --address 1 --serial /dev/no-such-port", "--serial /dev/no-such-port: ")]
    public void BadUsageIsOneLineThatNamesTheOption(string arguments, string expected)
    {
        CommandLine run = CommandLine.Run(("dlt645 " + arguments).Split(' '));
        Assert.AreEqual(2, run.ExitCode);
        Assert.AreEqual(1, run.Errors.TrimEnd().Split('\n').Length, run.Errors);
        StringAssert.Contains(run.Errors, expected);
    }

    private CommandLine Run(string arguments) =>
        CommandLine.Run($"dlt645 {arguments} --serial {_port} --parity none".Split(' '));

    private JsonElement Good(string arguments)
    {
        CommandLine run = Run(arguments + " --json");
        Assert.AreEqual(0, run.ExitCode, arguments + ": " + run.Errors);
        return JsonDocument.Parse(run.Output).RootElement.GetProperty("frames");
    }

    private void Refused(string arguments)
    {
        CommandLine run = Run(arguments);
        Assert.AreEqual(1, run.ExitCode);
        Assert.AreEqual("meterctl: refused: password or permission", run.Errors.Trim());
    }

    private static string Value(JsonElement frames, int frame, int value) =>
        frames[frame].GetProperty("values")[value].GetProperty("value").GetString()!;
}

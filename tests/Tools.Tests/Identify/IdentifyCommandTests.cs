using System;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Dlt645;
using MeterFirmware.Modbus;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Dlt645;
using MeterFirmware.Tools.MeterCtl.Lines;
using MeterFirmware.Tools.MeterCtl.Modbus;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Identify;

/// <summary>`meterctl identify` against our own meter in each of its protocols.</summary>
[TestClass]
public class IdentifyCommandTests
{
    private static readonly TariffTable _tariff = TariffFile.Load("china-workplace-five-rates").Table;

    [TestMethod]
    public Task A645MeterIsNamedWithItsPlate() => OnLine(MeterProtocols.Dlt645, "dlt645-2007", "230V");

    [TestMethod]
    public Task A698MeterIsNamedWithItsPlate() => OnLine(MeterProtocols.Dlt698(0, 9600), "dlt698", "230V");

    private static async Task OnLine(MeterProtocol protocol, string name, string plate)
    {
        Dlt645Settings settings = new();
        Dlt645Input.Address("000012345678", "test").CopyTo(settings.Address, 0);
        using MeterLineHost host = new(0, settings, _tariff, 1_150, protocol);
        host.Start();
        JsonElement found = await Identify(host.Port, host.RunAsync);
        Assert.AreEqual(name, found.GetProperty("protocol").GetString());
        Assert.AreEqual("000012345678", found.GetProperty("address").GetString());
        Assert.IsTrue(found.GetProperty("values").EnumerateArray()
            .Any(v => v.GetProperty("value").GetString() == plate));
        StringAssert.Contains(found.GetProperty("command").GetString(), "000012345678");
    }

    [TestMethod]
    public async Task AModbusMeterIsNamedWithItsValues()
    {
        using ModbusHost host = new(0, new ModbusSettings { Unit = 1, Framing = ModbusFraming.Tcp }, _tariff, 1_150);
        host.Start();
        JsonElement found = await Identify(host.Port, host.RunAsync);
        Assert.AreEqual("modbus", found.GetProperty("protocol").GetString());
        CollectionAssert.Contains(
            found.GetProperty("proposals").EnumerateArray().Select(p => p.GetString()).ToArray(), "sunspec-meter");
        Assert.IsTrue(found.GetProperty("values").GetArrayLength() > 5);
    }

    [TestMethod]
    [DataRow("", "identify: give exactly one of --tcp HOST:PORT and --serial PORT")]
    [DataRow(" --serial /dev/no-such-port", "--serial /dev/no-such-port: there is no such port")]
    [DataRow(" --tcp 127.0.0.1:1 --unit 0", "--unit: 1 to 247")]
    [DataRow(" --tcp 127.0.0.1:1 --wait 0", "--wait: 0 is not 1 to 10000")]
    public void BadUsageIsOneLineThatNamesTheOption(string arguments, string expected)
    {
        CommandLine run = CommandLine.Run(("identify" + arguments).Split(' '));
        Assert.AreEqual(2, run.ExitCode, run.Errors);
        Assert.AreEqual("meterctl: " + expected, run.Errors.TrimEnd());
    }

    private static async Task<JsonElement> Identify(int port, Func<CancellationToken, Task> serve)
    {
        using CancellationTokenSource cancel = new();
        Task serving = Task.Run(() => serve(cancel.Token));
        try
        {
            // Another test may keep both cores for a while: a second of silence is no proof of an absent meter.
            CommandLine run = CommandLine.Run(
                "identify", "--tcp", $"127.0.0.1:{port}", "--json", "--unit", "1", "--wait", "4000");
            Assert.AreEqual(0, run.ExitCode, run.Errors + run.Output);
            return JsonDocument.Parse(run.Output).RootElement.Clone();
        }
        finally
        {
            await cancel.CancelAsync();
            await serving;
        }
    }
}

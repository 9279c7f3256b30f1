using System;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Devices;
using MeterFirmware.Tools.Tests.Support;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using MQTTnet;
using MQTTnet.Protocol;

namespace MeterFirmware.Tools.Tests.Commands;

/// <summary>Case link/03: meterctl waits for a device's answer, and the broker stops, goes away, or comes
/// back.</summary>
[TestClass]
public class StalledBrokerTests
{
    [TestMethod]
    public async Task ABrokerThatStopsWhileMeterctlWaitsIsOneLineAndExitCode1()
    {
        LongRun.AskedOrSkip();
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using FaultyWire wire = new(broker.Port);
        using IMqttClient spy = await SpyAsync(broker.Port, () => wire.Set(WireFault.Stop));
        string secret = SecretFile.Write(Path.GetTempPath(), Path.GetRandomFileName(), new byte[32]);

        // Longer than DeviceLink's own patience with the broker, so that its end is met.
        CommandLine run = await Task.Run(() => CommandLine.Run("command", "health", "--device", "m", "--secret", secret,
            "--broker", $"mqtt://127.0.0.1:{wire.Port}", "--timeout", "15"));
        Assert.AreEqual(1, run.ExitCode, run.Errors);
        Assert.AreEqual(1, run.Errors.TrimEnd().Split('\n').Length, run.Errors);
        StringAssert.Contains(run.Errors, "m did not answer within 15 s");
        wire.Set(WireFault.None);
        File.Delete(secret);
    }

    [TestMethod]
    public async Task ABrokerThatTakesTheConnectionAndSaysNothingIsExitCode1()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using FaultyWire wire = new(broker.Port);
        wire.Set(WireFault.NoAnswer);
        CommandLine run = await Task.Run(() =>
            CommandLine.Run("configure", "show", "--device", "m", "--broker", $"mqtt://127.0.0.1:{wire.Port}"));
        Assert.AreEqual(1, run.ExitCode, run.Errors);
        Assert.AreEqual("meterctl: --broker: no answer within 10 s", run.Errors.TrimEnd());
        run = await Task.Run(() => CommandLine.Run("configure", "show", "--device", "m", "--broker",
            $"mqtt://127.0.0.1:{EmbeddedBroker.FreePort()}"));
        Assert.AreEqual(2, run.ExitCode, "nobody is there: the address is wrong");
        Assert.AreEqual(1, run.Errors.TrimEnd().Split('\n').Length, run.Errors);
    }

    [TestMethod]
    public async Task ABrokerThatIsStartedAgainWhileMeterctlWaitsBringsTheAnswer()
    {
        EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        int port = broker.Port;
        using SemaphoreSlim asked = new(0);
        IMqttClient spy = await SpyAsync(port, () => asked.Release());
        await using DeviceLink link = await DeviceLink.ConnectAsync(new MqttBrokers([MqttAddress.Loopback(port)]), "m",
            CancellationToken.None);
        Task<JsonElement?> answer = link.AskAsync("command", Encoding.ASCII.GetBytes("{}"), (channel, _) =>
            channel == "reply",
            TimeSpan.FromSeconds(120), CancellationToken.None);
        Assert.IsTrue(await asked.WaitAsync(TimeSpan.FromSeconds(60)), "asked");
        spy.Dispose();
        await broker.DisposeAsync();
        await using EmbeddedBroker again = await EmbeddedBroker.StartAsync(port);
        IMqttClient device = null;
        device = await SpyAsync(port, () =>
            device.PublishStringAsync("mf/v1/m/reply", """{"ok":true}""", MqttQualityOfServiceLevel.AtLeastOnce));
        Assert.IsTrue((await answer).HasValue, "asked again over a new connection");
        device.Dispose();
    }

    private static async Task<IMqttClient> SpyAsync(int port, Action heard)
    {
        IMqttClient spy = new MqttClientFactory().CreateMqttClient();
        spy.ApplicationMessageReceivedAsync += _ =>
        {
            heard();
            return Task.CompletedTask;
        };
        await spy.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).Build());
        await spy.SubscribeAsync("mf/v1/m/command", MqttQualityOfServiceLevel.AtLeastOnce);
        return spy;
    }
}

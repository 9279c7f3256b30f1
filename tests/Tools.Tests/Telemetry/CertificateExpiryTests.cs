using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.SmartMeter;
using MeterFirmware.Supervision;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using MQTTnet;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>Certificates that have really ended, under the whole meter: refused as long as they are there, the reason
/// in the ring log, taken up without a restart once renewed, and no record lost or doubled meanwhile.</summary>
[TestClass]
public sealed class CertificateExpiryTests : IDisposable
{
    private const int QuarterHourMs = 900_000;
    private const long StartUtc = 1_767_225_600;

    private readonly TestAuthority _authority = new();

    [TestMethod]
    [DataRow(false, DisplayName = "embedded broker")]
    [DataRow(true, DisplayName = "mosquitto")]
    public async Task AnExpiredServerCertificateIsRefusedUntilItIsRenewed(bool isMosquitto)
    {
        LongRun.AskedOrSkip();
        await using TlsBroker broker = new(_authority, isMosquitto);
        await broker.StartAsync(Server(isExpired: false));
        await using HeadEnd headEnd = Start(broker);
        X509Certificate2 own = Device(isExpired: false);
        using MqttNetLink link = new(builder => Configure(builder, broker, own));
        SimulatedMeter meter = Meter(link);
        RunUntil(meter, () => Stored(headEnd) > 0 && meter.Product.Telemetry.Pending == 0, "the first records");

        await broker.StartAsync(Server(isExpired: true));
        RunUntil(meter, () => meter.Product.Telemetry.State != LinkState.Online, "the broker's restart");
        Refused(meter, headEnd, broker);

        await broker.StartAsync(Server(isExpired: false));
        ComesBack(meter, headEnd);
    }

    [TestMethod]
    [DataRow(false, DisplayName = "embedded broker")]
    [DataRow(true, DisplayName = "mosquitto")]
    public async Task AnExpiredDeviceCertificateIsRefusedUntilItIsRenewed(bool isMosquitto)
    {
        LongRun.AskedOrSkip(isMosquitto);
        await using TlsBroker broker = new(_authority, isMosquitto);
        await broker.StartAsync(Server(isExpired: false));
        await using HeadEnd headEnd = Start(broker);
        X509Certificate2 own = Device(isExpired: true);
        using MqttNetLink link = new(builder => Configure(builder, broker, own));
        SimulatedMeter meter = Meter(link);
        Refused(meter, headEnd, broker);

        own = Device(isExpired: false);
        ComesBack(meter, headEnd);
    }

    public void Dispose() => _authority.Dispose();

    /// <summary>Six hours of records, and at least three attempts that all fail.</summary>
    private static void Refused(SimulatedMeter meter, HeadEnd headEnd, TlsBroker broker)
    {
        TelemetryAgent agent = meter.Product.Telemetry;
        long births = agent.Counters.Births;
        long stored = Stored(headEnd);
        for (int quarter = 0; quarter < 24; quarter++)
        {
            meter.Step(QuarterHourMs, 1_000_000_000);
        }

        // The quarter hours went by faster than any attempt could end: these three do.
        long attempts = agent.Counters.Connects;
        RunUntil(meter, () => agent.Counters.Connects > attempts + 3, "three attempts");
        Assert.AreEqual(births, agent.Counters.Births, "nobody gets in");
        Assert.AreEqual(stored, Stored(headEnd));
        Assert.IsGreaterThanOrEqualTo(24, agent.Pending, "records wait");
        List<string> log = Log(meter);
        string reason = log.FindLast(line => line.Contains("warning link:"));
        Assert.IsNotNull(reason, string.Join("", log));
        Console.WriteLine($"{broker}: {reason}");
    }

    private static void ComesBack(SimulatedMeter meter, HeadEnd headEnd)
    {
        TelemetryAgent agent = meter.Product.Telemetry;
        RunUntil(meter, () => agent.Pending == 0 && agent.State == LinkState.Online, "everything acknowledged");
        DeviceState state = headEnd.Devices().Single();
        Assert.AreEqual(meter.Firmware.Journal.NextNumber - 1, state.Stored, "lost");
        Assert.AreEqual(0, state.Doubled, "doubled");
        Assert.AreEqual(0, agent.Counters.RecordsDropped);
    }

    /// <summary>Five simulated milliseconds to one of the wall at most: the network is real.</summary>
    private static void RunUntil(SimulatedMeter meter, Func<bool> isDone, string what) => Until.True(
        () =>
        {
            meter.Step(5, 1_000_000);
            return isDone();
        },
        what);

    private static long Stored(HeadEnd headEnd) => headEnd.Devices().Sum(device => device.Stored);

    private static List<string> Log(SimulatedMeter meter)
    {
        RingLog log = meter.Firmware.Core.Log;
        MeterFirmware.Basics.ByteTextWriter line = new(256);
        List<string> lines = [];
        for (long number = log.OldestNumber; number < log.NextNumber; number++)
        {
            line.Clear();
            log.TryWriteLine(line, number);
            lines.Add(System.Text.Encoding.UTF8.GetString(line.Bytes, 0, line.Length));
        }

        return lines;
    }

    private static SimulatedMeter Meter(MqttNetLink link) => new(new SimulatedMeterParts
    {
        Tariff = TariffFile.Load("shanghai-household").Table,
        StartUtcSeconds = StartUtc,
        Records = null,
        Plan = MeterPlan.Of4Megabytes(),
        Link = link,
        Telemetry = new TelemetrySettings
        {
            Device = "meter-1",
            InstantIntervalMs = 600_000,
            RecordSpacingMs = 5,
            ResendMs = 2_000,
            ResendMsMax = 4_000,
            DeadPeerMs = 20_000,
            BackoffMs = 100,
            BackoffMsMax = 1_000,
            SpreadMs = 200,
            StableMs = 1_000,
        },
    });

    private HeadEnd Start(TlsBroker broker)
    {
        X509Certificate2 own = _authority.Issue("head-end", isServer: false, isExpired: false);
        HeadEnd headEnd = new(new HeadEndOptions { Configure = builder => Configure(builder, broker, own) });
        headEnd.Start();
        return headEnd;
    }

    private void Configure(MqttClientOptionsBuilder builder, TlsBroker broker, X509Certificate2 own) =>
        builder.WithTcpServer("127.0.0.1", broker.Port).WithTlsOptions(tls => tls.UseTls()
            .WithTrustChain([_authority.Root])
            .WithRevocationMode(X509RevocationMode.NoCheck)
            .WithClientCertificates([own]));

    private X509Certificate2 Server(bool isExpired) => _authority.Issue("localhost", isServer: true, isExpired);

    private X509Certificate2 Device(bool isExpired) => _authority.Issue("meter-1", isServer: false, isExpired);
}

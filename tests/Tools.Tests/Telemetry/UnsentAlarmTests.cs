using System.Collections.Generic;
using System.Text;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Catalogue;
using MeterFirmware.Commands;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>Case 03 on whole products: an acknowledgement of what was never sent settles nothing and is an event of the
/// device.</summary>
[TestClass]
public class UnsentAlarmTests
{
    private const string Device = "d1";
    private const long StartUtcSeconds = 1_784_044_800;
    private const int Named = 500;

    private readonly MemoryLink _link = new();
    private readonly MemoryRecordLog _log = new(512, 640, "7c19e0b2a4d3586f");
    private readonly byte[] _secret = new byte[DeviceSecurity.SecretBytes];

    [TestMethod]
    [DataRow(false, DisplayName = "plain")]
    [DataRow(true, DisplayName = "signed with the device's own key")]
    public void AMeterSaysItOnceAnHour(bool isSigned)
    {
        SimulatedMeter meter = new(new SimulatedMeterParts
        {
            Tariff = TariffFile.Load("china-workplace-five-rates").Table,
            StartUtcSeconds = StartUtcSeconds,
            Telemetry = Options("smart-meter", isSigned),
            Link = _link,
            Records = _log,
            Secret = isSigned ? _secret : null,
        });
        Check(seconds =>
        {
            for (int i = 0; i < seconds; i++)
            {
                meter.Step(1_000, 0);
            }
        }, isSigned);
        Assert.AreEqual(13L, meter.Product.Telemetry.Counters.AcknowledgedUnsent);
    }

    [TestMethod]
    [DataRow(false, DisplayName = "plain")]
    [DataRow(true, DisplayName = "signed with the device's own key")]
    public void AChargerSaysItOnceAnHour(bool isSigned)
    {
        SimulatedCharger charger = new(new SimulatedChargerParts
        {
            Tariff = TariffFile.Load("workplace-benchmark").Table,
            StartUtcSeconds = StartUtcSeconds,
            Telemetry = Options("ev-charger", isSigned),
            Link = _link,
            Records = _log,
            Secret = isSigned ? _secret : null,
        });
        Check(seconds => charger.Run(seconds * 1_000L), isSigned);
        Assert.AreEqual(13L, charger.Product.Telemetry.Counters.AcknowledgedUnsent);
    }

    private void Check(System.Action<int> run, bool isSigned)
    {
        run(20);
        Assert.AreEqual(0, Alarms().Count);
        for (int i = 0; i < 12; i++)
        {
            Acknowledge(Named + i, isSigned);
            run(60);
        }

        Assert.AreEqual(1, Alarms().Count, "a flood does not fill the log");
        Assert.AreEqual(Named, Alarms()[0], "what it named");
        Assert.AreEqual(0L, _log.AcknowledgedNumber, "and nothing is settled");
        run(3_600);
        Assert.AreEqual(2, Alarms().Count, "the rest of the flood is told after the hour");
        run(3_600);
        Acknowledge(Named + 50, isSigned);
        run(10);
        Assert.AreEqual(3, Alarms().Count);
        Assert.AreEqual(Named + 50, Alarms()[2]);
        StringAssert.Contains(_link.Last("reply"), "out-of-range");
    }

    private List<long> Alarms()
    {
        List<long> named = [];
        byte[] bytes = new byte[640];
        EventRecord record = new();
        for (long number = _log.OldestNumber; number < _log.NextNumber; number++)
        {
            if (_log.TryRead(number, bytes, out int count, out int kind) && kind == RecordKind.Event
                && record.TryRead(bytes, 0, count)
                && record.Code == EventCode.AcknowledgedUnsent)
            {
                named.Add(record.Values[0]);
            }
        }

        return named;
    }

    private void Acknowledge(long upTo, bool isSigned)
    {
        string message = new Settlement(Device, _log.Identity, upTo, false)
            .Message(isSigned ? DeviceSecurity.AcknowledgementKeyOf(_secret) : null);
        _link.Arrive($"mf/v1/{Device}/ack", Encoding.UTF8.GetBytes(message));
    }

    private static TelemetrySettings Options(string product, bool isSigned) => new()
    {
        Device = Device,
        Product = product,
        SpreadMs = 0,
        TakesPlainAcknowledgements = !isSigned,

        // Nothing is settled here for hours: the link must not be left for that.
        DeadPeerMs = 100_000_000,
        DeadPeerMsMax = 100_000_000,
    };
}

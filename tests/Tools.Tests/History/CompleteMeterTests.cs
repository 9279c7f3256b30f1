using System;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Carbon;
using MeterFirmware.Catalogue;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.History;

/// <summary>The product with all of the recorder's functions on over what may happen to it; years of it:
/// <see cref="MeterYearsTests"/>.</summary>
[TestClass]
public sealed class CompleteMeterTests
{
    /// <summary>2026-01-30T12:00+08:00: the month's end is a day and a half away.</summary>
    private const long StartUtcSeconds = 1_767_196_800 + 29L * 86_400 + 43_200;

    /// <summary>design/architecture.md: nothing is allocated in a tick over midnight, settlement, table switch, event
    /// and a lost link; clock step, day-ahead price, freeze and power quality come on top.</summary>
    [TestMethod]
    public void NothingIsAllocatedOverMidnightSettlementTableSwitchEventsClockStepAndALostLink()
    {
        FlappingLink link = new();
        SimulatedMeter meter = Meter(link);
        var other = TariffFile.Load("shanghai-household").Table;
        Play(meter, other, link);

        // Two rounds at least, so that each table has been switched to.
        Play(meter, other, link);
        Allocation.AssertNone(() => Play(meter, other, link));
        Assert.IsTrue(link.Losses >= 3 && link.Published > 1000);
        Assert.IsTrue(meter.Recorder.Freezes.Count(FreezeKind.Settlement) >= 1);
        Assert.IsTrue(meter.Recorder.Freezes.Count(FreezeKind.TableSwitch) >= 2);
        Assert.IsTrue(meter.Recorder.Events.Count(EventCode.OverCurrent, 0) >= 2);
        Assert.IsTrue(meter.Recorder.Events.Count(EventCode.ClockStep, 0) >= 2);
    }

    /// <summary>16 days, so that two hold a month's end.</summary>
    private static void Play(SimulatedMeter meter, MeterFirmware.Tariffs.TariffTable other, FlappingLink link)
    {
        for (int second = 0; second < 16 * 86_400; second += 10)
        {
            link.IsUp = second is < 300_000 or > 400_000;
            bool isHeavy = second % 86_400 is > 40_000 and < 41_000;
            meter.Step(10_000, isHeavy ? 120_000_000_000 : 10_000_000_000);
            if (second == 100_000)
            {
                meter.Product.TryUseTariff(other);
            }

            if (second == 200_000)
            {
                meter.Firmware.Core.Time.SetUtc(meter.Clock.UtcSeconds + 300, 0);
            }
        }
    }

    private static SimulatedMeter Meter(IMqttLink link = null)
    {
        // Over-current from 50 A: the simulated connection carries 56.
        EventThresholds thresholds = new();
        thresholds.Begin[4] = 50_000;
        thresholds.End[4] = 45_000;
        SimulatedMeter meter = new(new SimulatedMeterParts
        {
            Tariff = TariffFile.Load("shanghai-household").Table,
            StartUtcSeconds = StartUtcSeconds - 2,
            Records = new MemoryRecordLog(64, IntervalRecord.BytesMax),
            Link = link ?? new FlappingLink { IsUp = false },
            Quality = new MeterFirmware.Quality.QualitySettings { DeclaredMillivolts = 230_000 },
            History = new HistoryParts
            {
                Records = new RamBlockStore(20, 4096),
                Profile = new RamBlockStore(20, 4096),
                Factors = new EmissionFactors(),
                Thresholds = thresholds,
            },
        });
        meter.Recorder.Profile.TrySetInterval(LoadProfile.VoltageCurrent, 15);
        meter.Recorder.Profile.TrySetInterval(LoadProfile.Energy, 15);
        for (int i = 0; i < 20; i++)
        {
            meter.Step(100, 0);
        }

        return meter;
    }
}

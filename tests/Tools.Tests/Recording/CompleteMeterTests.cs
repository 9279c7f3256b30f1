using System;
using MeterFirmware.Boards.Simulator;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Recording;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tools.MeterCtl.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Recording;

/// <summary>The product with all of the recorder's functions on, second by second.</summary>
[TestClass]
public sealed class CompleteMeterTests
{
    /// <summary>2026-01-30T12:00+08:00: the month's end is a day and a half away.</summary>
    private const long StartUtcSeconds = 1_767_196_800 + 29L * 86_400 + 43_200;

    [TestMethod]
    public void TotalsRatesTiersQuadrantsAndSettlementsAgreeAfterYears()
    {
        int days = LongRun.IsAsked ? 3653 : 31;
        SimulatedMeter meter = Meter();
        Int128 fed = 0;
        Int128 settled = 0;
        long settlements = 0;
        for (long minute = 0; minute < days * 1440L; minute++)
        {
            int milliwatts = 200_000 + (int)(minute * 7919 % 5_000_000) - (minute % 1440 is > 600 and < 800 ? 3_000_000 : 0);
            for (int second = 0; second < 60; second++)
            {
                meter.Step(1000, milliwatts * 1000L);
            }

            fed += (Int128)milliwatts * 60_000;
            FreezeReader freezes = meter.Recorder.Freezes;
            if (freezes.Count(FreezeKind.Settlement) > settlements)
            {
                settlements = freezes.Count(FreezeKind.Settlement);
                Assert.IsTrue(freezes.TryRead(FreezeKind.Settlement, 1));
                settled += freezes.WattHours(EnergyKind.Import, -1);
                Assert.AreEqual(0, freezes.Flags);
            }
        }

        EnergyRegisters registers = meter.Product.Meter.Registers;
        Int128 import = Exact(registers.TotalWattHours(EnergyKind.Import), registers.TotalRemainder(EnergyKind.Import));
        Int128 export = Exact(registers.TotalWattHours(EnergyKind.Export), registers.TotalRemainder(EnergyKind.Export));
        Assert.IsTrue(export > 0);
        Int128 missing = fed - (import - export);
        Assert.IsTrue(Int128.Abs(missing) < EnergyRegisters.MicrojoulesPerWattHour, $"{missing} µJ are missing");
        for (int kind = 0; kind < EnergyKind.Count; kind++)
        {
            Int128 rates = 0;
            for (int rate = 0; rate < registers.RateCount; rate++)
            {
                rates += Exact(registers.RateWattHours(kind, rate), registers.RateRemainder(kind, rate));
            }

            Assert.AreEqual(Exact(registers.TotalWattHours(kind), registers.TotalRemainder(kind)), rates);
        }

        Assert.IsTrue(settlements >= days / 32);
        Assert.AreEqual(Math.Min(62, days), Count(meter, FreezeKind.Daily, 62));
        Assert.AreEqual(254, Count(meter, FreezeKind.Hourly, 254));
        Assert.AreEqual(Math.Min(12, settlements), Count(meter, FreezeKind.Settlement, 12));
        Assert.AreEqual(0, meter.Recorder.Refused);
        CheckTiers(meter);
    }

    /// <summary>design/architecture.md: nothing is allocated in a tick over midnight, settlement, table switch, event and a
    /// lost link; clock step, day-ahead price, freeze and power quality come on top.</summary>
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
                meter.Firmware.Supervision.Time.SetUtc(meter.Clock.UtcSeconds + 300, 0);
            }
        }
    }

    private static void CheckTiers(SimulatedMeter meter)
    {
        // What is in the tiers since the last settlement is what the totals grew by since.
        Assert.IsTrue(meter.Recorder.Freezes.TryRead(FreezeKind.Settlement, 1));
        long since = meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import)
            - meter.Recorder.Freezes.WattHours(EnergyKind.Import, -1);
        Int128 tiers = 0;
        for (int rate = 0; rate < 2; rate++)
        {
            for (int tier = 0; tier < 3; tier++)
            {
                tiers += Exact(meter.Product.Meter.ImportCost.WattHours(rate, tier),
                    meter.Product.Meter.ImportCost.RemainderMicrojoules(rate, tier));
            }
        }

        Assert.IsTrue(Math.Abs((long)(tiers / EnergyRegisters.MicrojoulesPerWattHour) - since) <= 1, $"{tiers} and {since}");
    }

    private static int Count(SimulatedMeter meter, int kind, int depth)
    {
        int count = 0;
        long nominal = long.MaxValue;
        for (int last = 1; last <= depth + 1; last++)
        {
            if (meter.Recorder.Freezes.TryRead(kind, last))
            {
                Assert.IsTrue(meter.Recorder.Freezes.NominalUtcSeconds < nominal);
                nominal = meter.Recorder.Freezes.NominalUtcSeconds;
                count++;
            }
        }

        return count;
    }

    private static SimulatedMeter Meter(IMqttLink link = null)
    {
        // Over-current from 50 A: the simulated connection carries 56.
        EventThresholds thresholds = new();
        thresholds.Begin[4] = 50_000;
        thresholds.End[4] = 45_000;
        SimulatedMeter meter = new(new SimulatedMeterOptions
        {
            Tariff = TariffFile.Load("shanghai-household").Table,
            StartUtcSeconds = StartUtcSeconds - 2,
            Records = new MemoryRecordLog(64, IntervalRecord.BytesMax),
            Link = link ?? new FlappingLink { IsUp = false },
            Quality = new MeterFirmware.Quality.QualitySettings { DeclaredMillivolts = 230_000 },
            Recording = new RecordingParts
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

    private static Int128 Exact(long wattHours, long microjoules) =>
        (Int128)wattHours * EnergyRegisters.MicrojoulesPerWattHour + microjoules;
}

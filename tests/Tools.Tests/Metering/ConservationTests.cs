using System;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Metering;

/// <summary>The whole product on the simulated chip, second by second, over years.</summary>
[TestClass]
public class ConservationTests
{
    private const long StartUtcSeconds = 1_767_196_800;

    [TestMethod]
    public void RatesAndLoadDifferFromTheTotalByLessThanOneWattHourAfterYears()
    {
        int days = LongRun.IsAsked ? 3653 : 31;
        MemoryRecordLog records = new(64, IntervalRecord.BytesMax);
        SimulatedMeter meter = Meter(records);
        HouseholdLoad home = new(7);
        Settle(meter);
        long fedMilliwattSeconds = 0;
        for (long minute = 0; minute < days * 1440L; minute++)
        {
            // Some of the time the roof gives more than the home takes.
            int milliwatts =
                home.MilliwattsAt(StartUtcSeconds + minute * 60) - (minute % 1440 is > 600 and < 800 ? 2_500_000 : 0);
            for (int second = 0; second < 60; second++)
            {
                meter.Step(1000, milliwatts * 1000L);
            }

            fedMilliwattSeconds += milliwatts * 60L;
        }

        EnergyRegisters registers = meter.Product.Meter.Registers;
        Int128 import = Exact(registers.TotalWattHours(EnergyKind.Import), registers.TotalRemainder(EnergyKind.Import));
        Int128 export = Exact(registers.TotalWattHours(EnergyKind.Export), registers.TotalRemainder(EnergyKind.Export));
        Assert.IsTrue(export > 0, "the run must hold export");
        Int128 difference = (Int128)fedMilliwattSeconds * 1000 - (import - export);
        Assert.IsTrue(Int128.Abs(difference) < Scaling.MicrojoulesPerWattHour,
            $"load and registers differ by {difference} µJ");
        foreach ((int kind, Int128 total) in new[] { (EnergyKind.Import, import), (EnergyKind.Export, export) })
        {
            Int128 rates = 0;
            for (int rate = 0; rate < registers.RateCount; rate++)
            {
                rates += Exact(registers.RateWattHours(kind, rate), registers.RateRemainder(kind, rate));
            }

            Assert.AreEqual(total, rates, "rates and total are the same integers");
            Assert.AreEqual(total, Exact(registers.PhaseWattHours(kind, 0), registers.PhaseRemainder(kind, 0)));
        }
    }

    [TestMethod]
    public void NothingIsAllocatedInATick()
    {
        MemoryRecordLog records = new(64, IntervalRecord.BytesMax);
        SimulatedMeter meter = Meter(records);
        Settle(meter);

        // A day with intervals, midnight and checkpoints.
        Allocation.AssertNone(() => RunDay(meter));
    }

    private static void RunDay(SimulatedMeter meter)
    {
        for (int second = 0; second < 86_400; second++)
        {
            meter.Step(1000, second * 20_000L);
        }
    }

    private static SimulatedMeter Meter(MemoryRecordLog records) => new(new SimulatedMeterParts
    {
        Tariff = TariffFile.Load("shanghai-household").Table,
        StartUtcSeconds = StartUtcSeconds - 2,
        Records = records,
    });

    private static void Settle(SimulatedMeter meter)
    {
        for (int i = 0; i < 20; i++)
        {
            meter.Step(100, 0);
        }
    }

    private static Int128 Exact(long wattHours, long microjoules) =>
        (Int128)wattHours * Scaling.MicrojoulesPerWattHour + microjoules;
}

using System;
using MeterFirmware.Basics;
using MeterFirmware.Catalogue;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.History;

/// <summary>Ten years of seconds with every function on, under METER_LONG=1; 31 days otherwise. Alone: it counts bytes
/// for minutes, and a garbage collection that another test causes makes the runtime allocate on this thread.</summary>
[TestClass]
[DoNotParallelize]
public sealed class MeterYearsTests
{
    // Each part holds a month's end, a table switch, a clock step and a day without prices; without METER_LONG nearly
    // all.
    private const int Parts = 4;

    public TestContext TestContext { get; set; }

    [TestMethod]
    public void EnergyMoneyFreezesAndPulsesAgreeWithAnIndependentCountAfterYears()
    {
        int days = LongRun.IsAsked ? 3653 : 31;
        MeterYears years = new();
        long[] allocated = new long[Parts];
        for (int part = 0; part < Parts; part++)
        {
            allocated[part] = years.Days(days * (part + 1) / Parts - days * part / Parts);
        }

        int read = 0;
        Assert.AreEqual(0L, Allocation.Least(() => allocated[read++]), "bytes allocated in ticks and polls");
        CheckEnergy(years);
        CheckRecords(years, days);
        CheckPulses(years);
        years.CheckMoney();
        TestContext.WriteLine(
            $"{days} days: {years.SwitchCount} table switches, {years.ClockSteps} clock steps, {years.TopUpCount} "
                + "top-ups, "
            + $"{years.RelayOpenings} times without credit, {years.Bill.DayAheadMinutes} minutes at day-ahead prices "
            + $"and {years.Bill.TableMinutes} without, "
            + $"{years.Polls} polls, {years.Pulses} pulses, {years.Published} messages, {years.Settlements} "
            + "settlements");
        Assert.IsTrue(years.RelayOpenings >= days / 31
            && years.TopUpCount >= years.RelayOpenings, $"{years.RelayOpenings} cycles of the prepaid account");
        Assert.IsTrue(years.Bill.DayAheadMinutes > days * 700L && years.Bill.TableMinutes > days * 300L);
        Assert.IsTrue(years.Bill.HighestTier >= 2, "all of the first tariff's tiers");
        Assert.IsTrue(years.Polls >= days * 95 && years.Published > days * 10);
    }

    private static void CheckEnergy(MeterYears years)
    {
        EnergyRegisters registers = years.Meter.Product.Meter.Registers;
        for (int kind = 0; kind < EnergyKind.Count; kind++)
        {
            Int128 total = Exact(registers.TotalWattHours(kind), registers.TotalRemainder(kind));
            Int128 rates = 0;
            for (int rate = 0; rate < registers.RateCount; rate++)
            {
                rates += Exact(registers.RateWattHours(kind, rate), registers.RateRemainder(kind, rate));
            }

            Assert.AreEqual(total, rates, $"kind {kind}: the total is the sum of the rates");
            Assert.AreEqual(total, Exact(registers.PhaseWattHours(kind, 0), registers.PhaseRemainder(kind, 0)),
                $"kind {kind}: and of the one phase");
            Assert.IsTrue(total > Scaling.MicrojoulesPerWattHour * 1000);
            Int128 missing = years.Fed[kind] - total;
            Assert.IsTrue(Int128.Abs(missing) < Scaling.MicrojoulesPerWattHour,
                $"kind {kind}: {missing} µJ are missing");
        }

        for (int rate = 0; rate < PlainTariff.RateCount; rate++)
        {
            Assert.AreEqual(years.Bill.ImportByRate[rate],
                Exact(registers.RateWattHours(EnergyKind.Import, rate),
                registers.RateRemainder(EnergyKind.Import, rate)));
            Assert.AreEqual(years.Bill.ExportByRate[rate],
                Exact(registers.RateWattHours(EnergyKind.Export, rate),
                registers.RateRemainder(EnergyKind.Export, rate)));
        }
    }

    private static void CheckRecords(MeterYears years, int days)
    {
        FreezeReader freezes = years.Meter.Recorder.Freezes;
        Assert.AreEqual(0, years.Meter.Recorder.Refused);
        Assert.AreEqual(0L, years.Meter.Product.RecordsRefused);
        Assert.IsTrue(years.Meter.Product.IsStoring);

        // The start lies two seconds before the first midnight: its boundaries are made too.
        Assert.AreEqual((long)days + 1, freezes.Count(FreezeKind.Daily));
        Assert.AreEqual(days * 24L + 1, freezes.Count(FreezeKind.Hourly));
        Assert.AreEqual(years.Settlements + 1L, freezes.Count(FreezeKind.Settlement));
        Assert.AreEqual((long)years.SwitchCount, freezes.Count(FreezeKind.TableSwitch));
        Assert.AreEqual(Math.Min(62, days + 1), Readable(freezes, FreezeKind.Daily));
        Assert.AreEqual(254, Readable(freezes, FreezeKind.Hourly));
        Assert.AreEqual(Math.Min(12, years.Settlements + 1), Readable(freezes, FreezeKind.Settlement));
        EventMemory events = years.Meter.Recorder.Events;
        Assert.AreEqual((long)years.ClockSteps, events.Count(EventCode.ClockStep, 0));
        Assert.AreEqual((long)years.SwitchCount, events.Count(EventCode.TariffChanged, 0));
        long overCurrents = events.Count(EventCode.OverCurrent, 0);
        Assert.IsTrue(overCurrents >= years.HeavyLoads - 1
            && overCurrents <= years.HeavyLoads + years.HeavyLoadsCut + years.ClockSteps && overCurrents > days / 9,
            $"{overCurrents} over-currents, {years.HeavyLoads} were made");

        // Each cycle: alarm 1, alarm 2, on credit, exhausted, and back by a top-up.
        Assert.IsTrue(events.Count(EventCode.Prepayment, 0) >= 5 * years.RelayOpenings);
    }

    private static void CheckPulses(MeterYears years)
    {
        EnergyRegisters registers = years.Meter.Product.Meter.Registers;
        Int128 energy = Exact(registers.TotalWattHours(EnergyKind.Import), registers.TotalRemainder(EnergyKind.Import))
            + Exact(registers.TotalWattHours(EnergyKind.Export), registers.TotalRemainder(EnergyKind.Export));
        PulseOutput output = years.Meter.Recorder.Pulse;
        Assert.AreEqual((long)years.Pulses, output.Pulses, "edges seen");
        Assert.IsTrue(output.Waiting <= 1);
        Int128 missing = energy - (Int128)(years.Pulses + output.Waiting) * years.MicrojoulesPerPulse;
        Assert.IsTrue(missing >= 0 && missing < years.MicrojoulesPerPulse, $"{missing} µJ are in no pulse");
    }

    private static int Readable(FreezeReader freezes, int kind)
    {
        int count = 0;
        long nominal = long.MaxValue;
        while (count < 300 && freezes.TryRead(kind, count + 1))
        {
            Assert.IsTrue(freezes.NominalUtcSeconds < nominal, "each later than the one before");
            nominal = freezes.NominalUtcSeconds;
            count++;
        }

        return count;
    }

    private static Int128 Exact(long wattHours, long microjoules) =>
        (Int128)wattHours * Scaling.MicrojoulesPerWattHour + microjoules;
}

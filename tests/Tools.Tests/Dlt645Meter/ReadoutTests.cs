using System;
using System.Linq;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using MeterFirmware.Supervision;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.MeterCtl.Dlt645;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt645Meter;

/// <summary>The real product over the real server: facts/dlt645-2007.md, row by row.</summary>
[TestClass]
public class ReadoutTests
{
    private const int Day = 86_400;

    [TestMethod]
    public void EnergiesAreThoseOfTheRegistersNowAndOfASettlementThen()
    {
        ReadoutBench bench = new();
        bench.Run(2 * Day, 1_000);
        long settled = bench.Meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        bench.Run(Day, 2_000);
        long now = bench.Meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        Assert.AreEqual(now / 10, Number(bench.Read(0x00010000)!, 0, 4));
        Assert.AreEqual(settled / 10, Number(bench.Read(0x00010001)!, 0, 4), "settled at the end of January");
        byte[] block = bench.Read(0x0001FF00)!;
        Assert.AreEqual(4 * 5, block.Length);
        Assert.AreEqual(bench.Meter.Product.Meter.Registers.RateWattHours(EnergyKind.Import, 3) / 10,
            Number(block, 16, 4));
        Assert.AreEqual("refused 02", bench.Text(0x00010002), "there was one settlement");

        // Total and settlements 1 to 12: what is not there is FF inside the block.
        byte[] settlements = bench.Read(0x000100FF)!;
        Assert.AreEqual(4 * 13, settlements.Length);
        Assert.AreEqual("FF FF FF FF", Dlt645Bytes.Text(settlements, 8, 4));
    }

    [TestMethod]
    public void MaximumDemandComesWithItsTimeNowAndOfASettlement()
    {
        ReadoutBench bench = new();
        bench.Run(Day, 1_000);
        bench.Run(900, 3_000);
        bench.Run(Day, 1_000);
        byte[] settled = bench.Read(0x01010001)!;
        Assert.AreEqual(30_000, Number(settled, 0, 3), 60);

        // 15 min at 3 kW end at 00:15 on 31 January.
        Assert.AreEqual("15 00 31 01 26", Dlt645Bytes.Text(settled, 3, 5));
        Assert.AreEqual(10_000, Number(bench.Read(0x01010000)!, 0, 3), 60);
        Assert.AreEqual(8 * 5, bench.Read(0x0101FF00)!.Length);
    }

    [TestMethod]
    public void ALongBlockComesInContinuationFrames()
    {
        ReadoutBench bench = new();
        bench.Run(Day + 600, 1_000);
        byte[] freeze = bench.Read(0x0506FF01)!;

        // Time; 8 energies and 2 demands of total and 4 rates; variables.
        Assert.AreEqual(5 + (8 * 4 + 2 * 8) * 5 + 24, freeze.Length);
        Assert.AreEqual("00 00 31 01 26", Dlt645Bytes.Text(freeze, 0, 5));
        Assert.AreEqual(24_000 / 10.0, Number(freeze, 5, 4), 2);
    }

    [TestMethod]
    public void CombinationWordsAreReadWrittenAndObeyed()
    {
        ReadoutBench bench = new();
        bench.Run(7_200, 1_000);
        bench.Run(3_600, -1_000);
        Assert.AreEqual("05", bench.Text(0x04000601));
        Assert.AreEqual(300, Number(bench.Read(0x00000000)!, 0, 4), 1);
        Assert.AreEqual(0, bench.Write(0x04000601, "09"));
        Assert.AreEqual(100, Number(bench.Read(0x00000000)!, 0, 4), 1);
        Assert.AreEqual(0, bench.Write(0x04000601, "06"));
        byte[] negative = bench.Read(0x00000000)!;
        Assert.AreEqual(0x80, negative[3]);
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04000601, "03"), "added and subtracted");
        Assert.AreEqual("06", bench.Text(0x04000601));
        bench.PowerUp();
        Assert.AreEqual("06", bench.Text(0x04000601), "kept");
    }

    [TestMethod]
    public void VariablesAreThoseOfTheReading()
    {
        ReadoutBench bench = new();
        bench.Run(3_600, 1_150);
        Assert.AreEqual(2_300, Number(bench.Read(0x02010100)!, 0, 2), 10);
        Assert.AreEqual(5_000, Number(bench.Read(0x02020100)!, 0, 3), 50);
        Assert.AreEqual(11_500, Number(bench.Read(0x02030000)!, 0, 3), 60);
        Assert.AreEqual(11_500, Number(bench.Read(0x02800003)!, 0, 3), 60);
        Assert.AreEqual(11_500, Number(bench.Read(0x02800004)!, 0, 3), 60);
        Assert.AreEqual(5_000, Number(bench.Read(0x02800002)!, 0, 2), 10);
        Assert.AreEqual("05 81", bench.Text(0x02800007));
        Assert.AreEqual("03 02", bench.Text(0x02080100));
        Assert.AreEqual("12 05", bench.Text(0x02090100));
        Assert.AreEqual(21 * 2, bench.Read(0x020A01FF)!.Length);
        Assert.AreEqual("00 30 00 00", bench.Text(0x02800020), "valley, first tier");
        bench.Run(-3_600 + 3 * 3_600, 10_000);
        Assert.AreEqual("00 05 00 00", bench.Text(0x0280000B), "second tier");
        Assert.AreEqual("00 35 00 00", bench.Text(0x02800020));
    }

    /// <summary>Low byte first as all data: the last character comes first; what a text does not fill is 00.</summary>
    [TestMethod]
    [DataRow(0x04000403U, 32, "3101-0007")]
    [DataRow(0x04000404U, 6, "220V")]
    [DataRow(0x04000405U, 6, "5A")]
    [DataRow(0x04000406U, 6, "60A")]
    [DataRow(0x04000407U, 4, "1")]
    [DataRow(0x04000408U, 4, "2")]
    [DataRow(0x0400040BU, 10, "MF-1P")]
    [DataRow(0x0400040CU, 10, "2026-11-30")]
    [DataRow(0x0400040DU, 16, "DL/T645-2007")]
    [DataRow(0x04800001U, 32, "0.2.0")]
    [DataRow(0x04800002U, 32, "B")]
    [DataRow(0x04800003U, 32, "MeterFirmware")]
    public void TheNamePlateIsAnswered(uint di, int length, string text)
    {
        byte[] data = new ReadoutBench().Read(di);
        Assert.AreEqual(length, data.Length);
        Assert.AreEqual(text, Dlt645Texts.Values((int)di, data, 0, data.Length)![0].Value);
        Assert.AreEqual((byte)text[^1], data[0]);
        Assert.IsTrue(data[text.Length..].All(b => b == 0));
    }

    [TestMethod]
    [DataRow("2200000V", "ratedVoltage: at most 6 characters")]
    [DataRow("22\u00B0V", "ratedVoltage: at most 6 characters of ASCII")]
    [DataRow("220V", null)]
    public void ANamePlateTooLongForItsItemIsNamed(string volts, string problem)
    {
        string found = new NamePlate { RatedVoltage = volts }.FindProblem();
        Assert.IsTrue(problem == null ? found == null : found.Contains(problem), found);
    }

    [TestMethod]
    public void AFreezeRightAfterTheClockWasSetBearsTheNewTime()
    {
        ReadoutBench bench = new();
        bench.Run(60, 1_000);
        Assert.IsTrue(bench.Readout.TryReadClock(out long before));
        Assert.AreEqual(0, bench.Readout.SetClock(before + 400 * Day, false, 42));

        // No tick of the meter in between.
        Assert.AreEqual(0, bench.Readout.Freeze(Freezer.Each, Freezer.Each, Freezer.Each, Freezer.Each));
        Assert.IsTrue(bench.Meter.Recorder.Freezes.TryRead(FreezeKind.Instant, 1));
        Assert.AreEqual(before + 400 * Day - 8 * 3_600, bench.Meter.Recorder.Freezes.NominalUtcSeconds);
    }

    [TestMethod]
    public void AFreezeNowAndAPlanOfEachHourAreMadeAndRead()
    {
        ReadoutBench bench = new();
        bench.Run(600, 1_000);
        Assert.AreEqual(0, bench.Command(Dlt645Protocol.Freeze, "99 99 99 99"));
        Assert.AreEqual("10 00 30 01 26", bench.Text(0x05010001));
        Assert.AreEqual(0, bench.Command(Dlt645Protocol.Freeze, "37 99 99 99"));
        bench.PowerUp();
        bench.Run(7_200, 1_000);
        Assert.AreEqual("37 01 30 01 26", bench.Text(0x05000001));
        Assert.AreEqual("37 00 30 01 26", bench.Text(0x05000002));
        Assert.AreEqual("refused 02", bench.Text(0x05000003));
    }

    [TestMethod]
    public void FreezesAtASwitchAreReadUnderThePartThatSwitched()
    {
        ReadoutBench bench = new();
        bench.Run(600, 1_000);
        bench.Meter.Recorder.OnTableSwitch(1 << (int)TariffPart.Prices, 0);
        Assert.AreEqual("10 00 30 01 26", bench.Text(0x05050001));
        Assert.AreEqual("refused 02", bench.Text(0x05020001));
        Assert.AreEqual("refused 02", bench.Text(0x05050002));
    }

    [TestMethod]
    public void TheLoadProfileIsReadOldestAtATimeAndNewest()
    {
        ReadoutBench bench = new();
        bench.Run(2 * 3_600, 1_000);
        byte[] oldest = bench.Ask(Dlt645Protocol.Read, [.. ReadoutBench.Identifier(0x06010000), 0x01])!;
        Assert.AreEqual("A0 A0", Dlt645Bytes.Text(oldest, 0, 2));
        Assert.AreEqual("15 00 30 01 26", Dlt645Bytes.Text(oldest, 3, 5));
        byte[] at = bench.Ask(Dlt645Protocol.Read,
            [.. ReadoutBench.Identifier(0x06040001), 0x02, 0x31, 0x00, 0x30, 0x01, 0x26])!;
        Assert.AreEqual("45 00 30 01 26", Dlt645Bytes.Text(at, 3, 5));

        // Sections 1 to 3 are empty, then import: 749 Wh, cut to 0.74 kWh like on a display.
        Assert.AreEqual("AA AA AA 74 00 00 00", Dlt645Bytes.Text(at, 8, 7));
        byte[] newest = bench.Ask(Dlt645Protocol.Read, ReadoutBench.Identifier(0x06000002))!;
        Assert.AreEqual("00 02 30 01 26", Dlt645Bytes.Text(newest, 3, 5));
        Assert.AreEqual(0xE5, newest[^1]);
    }

    [TestMethod]
    public void ProfileClassesIntervalsAndStartAreWrittenAndObeyed()
    {
        ReadoutBench bench = new();
        bench.Run(60, 1_000);
        Assert.AreEqual(0, bench.Write(0x04000901, "08"));
        Assert.AreEqual(0, bench.Write(0x04000A05, "30 00"));
        Assert.AreEqual(0, bench.Write(0x04000A01, "00 01 30 01"));
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04000A05, "07 00"), "not on the meter's grid");
        Assert.AreEqual("30 00", bench.Text(0x04000A05));
        Assert.AreEqual("00 01 30 01", bench.Text(0x04000A01));
        bench.Run(2 * 3_600, 1_000);
        byte[] oldest = bench.Ask(Dlt645Protocol.Read, ReadoutBench.Identifier(0x06000000))!;
        Assert.AreEqual("00 01 30 01 26", Dlt645Bytes.Text(oldest, 3, 5));
        Assert.AreEqual("refused 02", bench.Text(0x06010000), "voltages are off");
    }

    [TestMethod]
    public void WritesClearsAndTheClockAreEventsWithTheirOperator()
    {
        ReadoutBench bench = new();
        bench.Run(3_600, 1_000);
        Assert.AreEqual(0, bench.Write(0x04000103, "30"));
        Assert.AreEqual(0, bench.Command(Dlt645Protocol.ClearDemand, "02 56 34 12 04 03 02 01"));
        Assert.AreEqual(0, bench.Write(0x0400010C, "00 00 12 05 30 01 26"));

        // The meter sees the step at its next tick, a second later.
        bench.Run(1, 1_000, stepSeconds: 1);
        bench.Run(60, 1_000);
        Assert.AreEqual("01 00 01 30 01 26 04 03 02 01 03 01 00 04", bench.Text(0x03300001)[..41]);
        byte[] cleared = bench.Read(0x03300201)!;
        Assert.AreEqual("04 03 02 01", Dlt645Bytes.Text(cleared, 6, 4));
        Assert.AreEqual(10_000, Number(cleared, 10, 3), 60);
        // The first whole window.
        Assert.AreEqual("30 00 30 01 26", Dlt645Bytes.Text(cleared, 13, 5));
        byte[] clock = bench.Read(0x03300401)!;
        Assert.AreEqual("04 03 02 01", Dlt645Bytes.Text(clock, 0, 4));
        Assert.AreEqual("00 12 30 01 26", Dlt645Bytes.Text(clock, 11, 5));
        Assert.AreEqual("01 00 00", bench.Text(0x03300200));
    }

    [TestMethod]
    public void ABroadcastMovesTheClockButNeverOutranksATimeThatWasChecked()
    {
        ReadoutBench bench = new();
        bench.Run(3_600, 1_000);
        TimeKeeper time = bench.Meter.Firmware.Core.Time;
        Assert.IsTrue(bench.Readout.TryReadClock(out long before));
        Assert.AreEqual(0, bench.Readout.SetClock(before + 120, true, 0));
        Assert.IsTrue(bench.Readout.TryReadClock(out long moved));
        Assert.AreEqual(before + 120, moved);
        Assert.AreEqual(TimeSource.Broadcast, time.Source);

        // A signed command, and a day later another broadcast, without a password: it is not believed.
        Assert.IsTrue(time.TryReadUtc(out long utcSeconds, out int _));
        time.SetUtc(utcSeconds + 3_600, 0);
        bench.Run(86_400, 1_000);
        time.SetUtc(utcSeconds + 3_600 + 86_400, 0);
        Assert.IsTrue(bench.Readout.TryReadClock(out before));
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Readout.SetClock(before + 120, true, 0));
        Assert.IsTrue(bench.Readout.TryReadClock(out moved));
        Assert.AreEqual(before, moved);
        Assert.AreEqual(TimeSource.Command, time.Source);
    }

    [TestMethod]
    public void ClearedEventsAreGoneAndTheClearingStays()
    {
        ReadoutBench bench = new();
        bench.Run(60, 1_000);
        Assert.AreEqual(0, bench.Write(0x04000104, "05"));
        Assert.AreEqual(0, bench.Command(Dlt645Protocol.ClearEvents, "02 56 34 12 04 03 02 01 FF 00 30 03"));
        Assert.AreEqual("refused 02", bench.Text(0x03300001));
        Assert.AreEqual("04 03 02 01 FF 00 30 03", bench.Text(0x03300301)[18..]);
        Assert.AreEqual(Dlt645Protocol.ErrorNoSuchData,
            bench.Command(Dlt645Protocol.ClearEvents, "02 56 34 12 04 03 02 01 FF 03 30 03"));
        Assert.AreEqual(0, bench.Command(Dlt645Protocol.ClearEvents, "02 56 34 12 04 03 02 01 FF FF FF FF"));
    }

    [TestMethod]
    public void TheRelayObeysTripCloseAndKeepSupply()
    {
        ReadoutBench bench = new();
        bench.Run(60, 1_000);
        const string Head = "02 56 34 12 04 03 02 01 ";
        const string Until = " 00 00 00 00 01 02 26";
        Assert.AreEqual(0, bench.Command(Dlt645Protocol.Relay, Head + "1A" + Until));
        Assert.IsFalse(bench.Relay.IsClosed);
        Assert.AreEqual(0x50, bench.Read(0x04000503)![0] & 0x50);
        Assert.AreEqual("01 01 00 30 01 26 04 03 02 01", bench.Text(0x031D0001)[..29]);
        Assert.AreEqual(0, bench.Command(Dlt645Protocol.Relay, Head + "3A" + Until), "keeping supply closes it");
        Assert.IsTrue(bench.Relay.IsClosed);
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Command(Dlt645Protocol.Relay, Head + "1A" + Until));
        Assert.IsTrue(bench.Relay.IsClosed);
        Assert.AreEqual(Dlt645Protocol.ErrorPassword,
            bench.Command(Dlt645Protocol.Relay, "04 04 00 00 04 03 02 01 3B" + Until), "level 04 may not");
        Assert.AreEqual(Dlt645Protocol.ErrorOther,
            bench.Command(Dlt645Protocol.Relay, Head + "3B 00 00 00 00 29 01 26"), "void after its time");
        Assert.AreEqual(0, bench.Command(Dlt645Protocol.Relay, Head + "3B" + Until));
        Assert.AreEqual(0, bench.Command(Dlt645Protocol.Relay, Head + "1A" + Until));
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Command(Dlt645Protocol.Relay, Head + "1B" + Until));
    }

    [TestMethod]
    public void SettlementDaysAreWrittenAndSettleOnTheNewDay()
    {
        ReadoutBench bench = new();
        bench.Run(Day, 1_000);
        Assert.AreEqual("00 01", bench.Text(0x04000B01));
        Assert.AreEqual("99 99", bench.Text(0x04000B02));
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04000B01, "99 99"), "one must stay");
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04000B01, "00 31"));
        Assert.AreEqual(0, bench.Write(0x04000B02, "06 02"));
        bench.Run(3 * Day, 1_000);
        Assert.AreEqual("06 02", bench.Text(0x04000B02));
        Assert.AreEqual(2L, bench.Meter.Recorder.Freezes.Count(FreezeKind.Settlement));
        Assert.IsTrue(bench.Meter.Recorder.Freezes.TryRead(FreezeKind.Settlement, 1));

        // 2 February, 06:00.
        Assert.AreEqual(ReadoutBench.Start + 3 * Day + 6 * 3_600, bench.Meter.Recorder.Freezes.NominalUtcSeconds);
    }

    [TestMethod]
    public void SettlementDaysKeepTheirPlaces()
    {
        ReadoutBench bench = new();
        bench.Run(3_600, 1_000);
        Assert.AreEqual(0, bench.Write(0x04000B01, "00 10"));
        Assert.AreEqual(0, bench.Write(0x04000B02, "05 20"));
        Assert.AreEqual(0, bench.Write(0x04000B03, "07 25"));

        // A master wants {unused, 15th 00h, unused}.
        Assert.AreEqual(0, bench.Write(0x04000B01, "99 99"));
        Assert.AreEqual("99 99 | 05 20 | 07 25", Dates(bench));
        Assert.AreEqual(0, bench.Write(0x04000B02, "00 15"));
        Assert.AreEqual(0, bench.Write(0x04000B03, "99 99"));
        Assert.AreEqual("99 99 | 00 15 | 99 99", Dates(bench));
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04000B02, "99 99"), "one must stay");
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04000B03, "24 28"),
            "the 24th hour is the month's end only");
        Assert.AreEqual("99 99 | 00 15 | 99 99", Dates(bench));
        bench.RefusesToKeep = true;
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04000B03, "00 05"));
        Assert.AreEqual("99 99 | 00 15 | 99 99", Dates(bench));
        bench.RefusesToKeep = false;
        bench.Meter.PowerDown();
        bench.Meter.Restore(0);
        bench.PowerUp();
        bench.Run(60, 1_000);
        Assert.AreEqual("99 99 | 00 15 | 99 99", Dates(bench), "after a loss of supply");
        bench.Run(20 * Day, 1_000);
        Assert.AreEqual(1L, bench.Meter.Recorder.Freezes.Count(FreezeKind.Settlement));
        Assert.IsTrue(bench.Meter.Recorder.Freezes.TryRead(FreezeKind.Settlement, 1));
        Assert.AreEqual(ReadoutBench.Start + 16 * Day, bench.Meter.Recorder.Freezes.NominalUtcSeconds, "15 February");
    }

    private static string Dates(ReadoutBench bench) =>
        $"{bench.Text(0x04000B01)} | {bench.Text(0x04000B02)} | {bench.Text(0x04000B03)}";

    /// <summary>A master that sets a whole parameter set writes back what it read.</summary>
    [TestMethod]
    public void EveryParameterThatCanBeWrittenTakesTheValueItReports()
    {
        ReadoutBench bench = new();
        bench.Run(3_600, 1_000);
        int same = 0;
        foreach (uint group in new uint[] { 0x0400, 0x0401, 0x0402, 0x0403, 0x0405, 0x0406 })
        {
            for (uint low = 0; low < 0x1012; low = (low & 0xFF) == 0x12 ? (low & 0xFF00) + 0x100 : low + 1)
            {
                uint di = (group << 16) | low;
                byte[] value = di == 0x04000401 || (di >> 8) == 0x04000C ? null : bench.Read(di);
                if (value == null || IsReadOnly(di))
                {
                    continue;
                }

                string text = Dlt645Bytes.Text(value, 0, value.Length);
                Assert.AreEqual(0, bench.Write(di, text), $"{di:X8} {text}");
                Assert.AreEqual(text, bench.Text(di), $"{di:X8}");
                same++;
            }
        }

        Assert.IsTrue(same > 50, same.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Status words, pulse width and constants are what the meter is, not what it was told; the clock has its
    /// own tests.</summary>
    private static bool IsReadOnly(uint di) => (di >> 8) == 0x040005 || (di >> 8) == 0x040004 && di != 0x04000402
        || di == 0x04000105 || di == 0x04000101 || di == 0x04000102;

    [TestMethod]
    public void DemandWindowsAreWrittenObeyedAndKept()
    {
        ReadoutBench bench = new();
        bench.Run(60, 1_000);
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04000103, "07"));
        Assert.AreEqual(0, bench.Write(0x04000103, "05"));
        Assert.AreEqual("05", bench.Text(0x04000104));
        Assert.AreEqual(0, bench.Write(0x04000104, "01"));
        bench.Run(300, 1_000, 30);
        bench.Run(300, 2_000, 30);
        Assert.AreEqual(300, bench.Meter.Product.Meter.ImportDemand.PeriodSeconds);
        Assert.AreEqual(20_000, Number(bench.Read(0x01010000)!, 0, 3), 100);
        bench.PowerUp();
        Assert.AreEqual("01", bench.Text(0x04000104));
    }

    /// <summary>DL/T 645-2007, 7.10: the answer to a change of password says that the new one holds.</summary>
    [TestMethod]
    public void APasswordThatTheStoreRefusesIsNotAnsweredAsDone()
    {
        ReadoutBench bench = new();
        bench.Run(60, 1_000);
        bench.RefusesState = true;
        const string change = "05 0C 00 04 04 04 00 00 04 11 11 11";
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Command(Dlt645Protocol.ChangePassword, change));
        Assert.AreEqual(0x000004, bench.Settings.Passwords[4], "the old one holds");
        bench.RefusesState = false;
        Assert.AreEqual(0, bench.Command(Dlt645Protocol.ChangePassword, change));
        bench.PowerUp();
        Assert.AreEqual(0x111111, bench.Settings.Passwords[4]);
    }

    [TestMethod]
    public void WrongPasswordsAreCountedAlsoWhileTheStoreRefuses()
    {
        ReadoutBench bench = new();
        bench.Run(60, 1_000);
        bench.RefusesState = true;
        for (int i = 0; i < bench.Settings.WrongPasswordsMax; i++)
        {
            Assert.AreEqual(Dlt645Protocol.ErrorPassword, bench.Write(0x04000103, "05", "04 99 99 99"));
        }

        Assert.AreEqual(Dlt645Protocol.ErrorPassword, bench.Write(0x04000103, "05"),
            "locked, although the password is right");
    }

    /// <summary>Freezes, speed and address need no password: whoever has the line must not be able to wear the flash
    /// out.</summary>
    [TestMethod]
    public void WhatNeedsNoPasswordWritesToFlashAsOftenAsTheMeterItselfAndNoMore()
    {
        ReadoutBench bench = new();
        bench.Run(60, 1_000);
        int made = 0;
        long before = bench.StateWrites;
        for (int second = 0; second < 3_600; second += 10)
        {
            made += bench.Command(Dlt645Protocol.Freeze, "99 99 99 99") == 0 ? 1 : 0;
            bench.Command(Dlt645Protocol.Freeze, $"{second / 10 % 60:D2} 99 99 99");
            bench.Command(Dlt645Protocol.BaudRate, second % 20 == 0 ? "04" : "08");
            bench.Run(10, 1_000, 10);
        }

        Assert.IsTrue(made is >= 1 and <= 8, $"{made} freezes");
        long writes = bench.StateWrites - before;
        Assert.IsTrue(writes is >= 1 and <= 16, $"{writes} writes of the state");
        bench.Run(1_800, 1_000);
        Assert.AreEqual(0, bench.Command(Dlt645Protocol.Freeze, "99 99 99 99"),
            "again a little later: the last change of speed and this one");
    }

    private static long Number(byte[] data, int at, int count)
    {
        Assert.IsTrue(Dlt645Format.TryRead(Dlt645Format.Of(Dlt645Format.Number, count), data, at, out long value));
        return value;
    }
}

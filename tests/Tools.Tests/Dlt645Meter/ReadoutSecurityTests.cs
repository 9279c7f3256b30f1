using System;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Catalogue;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt645Meter;

/// <summary>Who may change what over the line (cases/safety-and-security/06).</summary>
[TestClass]
public sealed class ReadoutSecurityTests
{
    private const string NewAddress = "11 11 11 11 11 11";

    /// <summary>ReadoutState as 0.1.0 wrote it: 114 bytes, one count of wrong passwords for all levels, here 3.
    /// </summary>
    private const string StateOf010 =
        "01785634120000FFFFFFFFFFFFFFFF56341200FFFFFFFF04000000FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF60"
        + "090000C0BDF0FF030541147F7F7F037F0000000000000000000000000000000000000000000000000000630000000000"
        + "000000000000000000000000000E0E150000";

    /// <summary>Password 000777 of level 2, guessed in turn with writes that the known password of level 4 allows.
    /// </summary>
    [TestMethod]
    public void GuessesAtTheClearPasswordLockItWhateverOtherLevelsProve()
    {
        ReadoutBench bench = new();
        bench.Settings.Passwords[2] = 0x000777;
        bench.Run(60, 1_000);
        long writes = 0;
        for (int guess = 0; guess < 1_000; guess++)
        {
            string digits = $"{guess % 100:D2} {guess / 100:D2} 00";
            long before = bench.StateWrites;
            int answer = bench.Command(Dlt645Protocol.ClearMeter, "02 " + digits + " 01 02 03 04");
            Assert.AreEqual(Dlt645Protocol.ErrorPassword, answer, digits);
            writes += bench.StateWrites - before;
            if (guess % 4 == 3)
            {
                answer = bench.Command(Dlt645Protocol.ClearDemand, "04 04 00 00 01 02 03 04");
                Assert.AreEqual(Dlt645Protocol.ErrorPassword, answer, "not of this level");
                Assert.AreEqual(0, bench.Write(0x04000103, "15"), "level 4 goes on");
            }
        }

        Assert.IsTrue(bench.Server.IsLocked(bench.Meter.Clock.NowMs));
        string told = $"{writes} writes: five wrong passwords, and what changing the block takes";
        Assert.IsTrue(writes is >= 5 and <= 7, told);
    }

    [TestMethod]
    public void TheAddressIsChangedOnlyWithinThirtyMinutesOfTheProgrammingInput()
    {
        ReadoutBench bench = new();
        bench.Run(60, 1_000);
        string before = Dlt645Bytes.Text(bench.Settings.Address, 0, 6);
        Assert.AreEqual(-1, bench.Command(Dlt645Protocol.WriteAddress, NewAddress), "no reply");
        Assert.AreEqual(Dlt645Protocol.ErrorPassword, bench.Write(0x04000401, NewAddress));
        Assert.AreEqual("00 00", bench.Text(0x04000503), "programming is not allowed");
        bench.Meter.Programming.IsClosed = true;
        bench.Run(3, 1_000, 1);
        bench.Meter.Programming.IsClosed = false;
        Assert.AreEqual("08 00", bench.Text(0x04000503), "programming is allowed");
        Assert.AreEqual(before, Dlt645Bytes.Text(bench.Settings.Address, 0, 6));
        Assert.AreEqual(0, bench.Command(Dlt645Protocol.WriteAddress, NewAddress));
        bench.Run(MeterFirmware.SmartMeter.ProgrammingWindow.OpenMs / 1000, 1_000);
        Assert.AreEqual(Dlt645Protocol.ErrorPassword, bench.Write(0x04000401, "22 22 22 22 22 22"));
        bench.PowerUp();
        Assert.AreEqual(NewAddress, Dlt645Bytes.Text(bench.Settings.Address, 0, 6));
        Assert.AreEqual(1, bench.Meter.Recorder.Events.Count(EventCode.Metrology, 0));
    }

    [TestMethod]
    public void WhatRelease010KeptIsReadAndItsWrongPasswordsCountForEveryLevel()
    {
        FaultyBlockStore blocks = new(2, 1024);
        byte[] old = Convert.FromHexString(StateOf010);
        Assert.AreEqual(114, old.Length);
        byte[] room = new byte[old.Length + CheckpointStore.OverheadBytes];
        old.CopyTo(room, 0);
        Assert.IsTrue(new CheckpointStore(blocks, old.Length).TryWrite(room, old.Length));
        Dlt645Settings settings = new();
        Assert.IsTrue(new ReadoutState(settings, new CheckpointStore(blocks, ReadoutState.Bytes)).TryLoad());
        Assert.AreEqual("78 56 34 12 00 00", Dlt645Bytes.Text(settings.Address, 0, 6));
        Assert.AreEqual(0x123456, settings.Passwords[2]);
        Assert.AreEqual(0x000004, settings.Passwords[4]);
        Assert.AreEqual(Dlt645Settings.NoPassword, settings.Passwords[9]);
        Assert.AreEqual(2400, settings.Baud);
        CollectionAssert.AreEqual(new[] { 3, 3, 3, 3, 3, 3, 3, 3, 3, 3 }, settings.WrongPasswords);
    }
}

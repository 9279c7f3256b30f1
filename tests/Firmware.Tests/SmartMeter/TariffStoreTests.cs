using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

/// <summary>What was loaded by command: read from every version, and nothing of it from a state that is cut.</summary>
[TestClass]
public class TariffStoreTests
{
    private const int RoomBytes = 4096;
    private const long SwitchUtc = 1_800_000_000;

    private static readonly TariffTable _first = TableBytes.Shanghai().Load();
    private static readonly TariffTable _second = TableBytes.Household("Second", 700_000, 300_000).Load();

    [TestMethod]
    public void WhatWasKeptIsReadAgain()
    {
        byte[] state = Kept(out int length);
        Assert.IsTrue(TryLoad(state, length, out TariffSets sets, out SafetyLimit limit));
        AssertKept(sets, limit);
    }

    /// <summary>As release 0.1.0 laid it out: no tags, one after the other.</summary>
    [TestMethod]
    public void TheFirstVersionIsReadWithoutLoss()
    {
        Kept(out int _, out TariffSets sets, out MeterTerms terms);
        byte[] state = new byte[RoomBytes];
        state[0] = 1;
        state[1] = 2;
        int at = Table(_first, state, 2);
        at = Table(_second, state, at);
        for (int part = 0; part < 4; part++, at += 10)
        {
            state[at] = 0;
            state[at + 1] = 1;
            LittleEndian.WriteInt64(state, at + 2, sets.SwitchUtc((TariffPart)part));
        }

        int end = terms.Save(state, at);
        Assert.IsTrue(TryLoad(state, end, out TariffSets read, out SafetyLimit limit));
        AssertKept(read, limit);

        // Its terms ended before each role had a limit of its own: then it is the utility's.
        Assert.IsTrue(TryLoad(state, end - SafetyLimit.SavedBytes, out read, out limit));
        Assert.AreEqual(9_000, limit.Value);
        Assert.AreEqual(9_000, limit.ValueOf(CommandRole.Utility));
    }

    [TestMethod]
    public void OfAStateThatIsCutAnywhereNothingIsApplied()
    {
        byte[] state = Kept(out int length);
        int borders = 0;
        for (int cut = 0; cut < length; cut++)
        {
            bool isLoaded = TryLoad(state, cut, out TariffSets sets, out SafetyLimit limit);
            bool isBorder = cut > StateWriter.HeadBytes && new StateReader().TryOpen(state, cut);
            borders += isBorder ? 1 : 0;

            // Without its last section, the terms, it is a shorter state and not a cut one.
            Assert.AreEqual(isBorder && borders == 3, isLoaded, "cut at " + cut);
            Assert.AreEqual(isLoaded ? _second.Crc : _first.Crc, sets.After(TariffPart.Prices).Crc);
            Assert.AreEqual(limit.Commissioned, limit.Value);
        }

        Assert.AreEqual(3, borders);
    }

    [TestMethod]
    public void ASectionOfALaterFirmwareIsPassedOver()
    {
        byte[] state = Kept(out int length);
        state[length] = 99;
        LittleEndian.WriteUInt16(state, length + 1, 5);
        Assert.IsTrue(TryLoad(state, length + 8, out TariffSets sets, out SafetyLimit limit));
        AssertKept(sets, limit);
    }

    private static void AssertKept(TariffSets sets, SafetyLimit limit)
    {
        Assert.AreEqual(_first.Crc, sets.Before(TariffPart.Prices).Crc);
        Assert.AreEqual(_second.Crc, sets.After(TariffPart.Prices).Crc);
        Assert.AreEqual(SwitchUtc, sets.SwitchUtc(TariffPart.Prices));
        Assert.AreEqual(9_000, limit.Value);
        Assert.AreEqual(9_000, limit.ValueOf(CommandRole.Owner));
    }

    private static int Table(TariffTable table, byte[] state, int at)
    {
        LittleEndian.WriteUInt16(state, at, table.ByteCount);
        table.CopyTo(state, at + 2);
        return at + 2 + table.ByteCount;
    }

    private static byte[] Kept(out int length) => Kept(out length, out TariffSets _, out MeterTerms _);

    private static byte[] Kept(out int length, out TariffSets sets, out MeterTerms terms)
    {
        CheckpointStore store = NewStore();
        sets = new TariffSets(_first, 4, 3, null);
        Assert.IsTrue(sets.TryLoadSpare(
            _second, SwitchUtc, SwitchUtc, SwitchUtc, SwitchUtc, SwitchUtc - 100, out string _));
        SafetyLimit limit = new SafetyLimit("watts", 20_000, 0);
        limit.TrySet(CommandRole.Owner, 9_000);
        terms = new MeterTerms(null, null, null, limit);
        TariffStore tariffs = new TariffStore(store, sets, terms, new byte[RoomBytes]);
        Assert.IsTrue(tariffs.TrySave());
        byte[] state = new byte[RoomBytes];
        Assert.IsTrue(store.TryReadNewest(state, out length, out bool _));
        return state;
    }

    private static bool TryLoad(byte[] state, int length, out TariffSets sets, out SafetyLimit limit)
    {
        CheckpointStore store = NewStore();
        byte[] room = new byte[length + CheckpointStore.OverheadBytes];
        System.Array.Copy(state, 0, room, 0, length);
        store.TryWrite(room, length);
        sets = new TariffSets(_first, 4, 3, null);
        limit = new SafetyLimit("watts", 20_000, 0);
        MeterTerms terms = new MeterTerms(null, null, null, limit);
        return new TariffStore(store, sets, terms, new byte[RoomBytes]).TryLoad(_first);
    }

    private static CheckpointStore NewStore() => new CheckpointStore(new RamBlockStore(2, 8192), RoomBytes);
}

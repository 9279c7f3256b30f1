using System;
using System.Linq;
using System.Text.Json.Nodes;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Storage;
using MeterFirmware.Tools.GridServices;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>The signed command that brings a grid profile: commissioned, kept, named.</summary>
[TestClass]
public class GridProfileCommandTests
{
    [TestMethod]
    public void AProfileIsTakenOutOfServiceAndWithoutASessionOnly()
    {
        V2gBench bench = new(null);
        GridProfileFile file = GridProfileFile.Load("en50549");
        Assert.AreEqual(CommandRefusal.Busy, Bring(bench, file.Bytes), "a session is billed and recorded under one");
        EndSession(bench);
        Assert.AreEqual(CommandRefusal.WrongState, Bring(bench, file.Bytes), "it is in service");
        Assert.IsNull(bench.Charger.Product.GridProfile);
        Assert.AreEqual(CommandRefusal.None, bench.Do(CommandCode.Availability, """{"operative":false}"""));
        Assert.AreEqual(CommandRefusal.None, Bring(bench, file.Bytes, pieceBytes: 100));
        StringAssert.Contains(bench.Answer, "\"gridProfile\":\"en50549\"");
        Assert.AreEqual(file.Profile.Crc, bench.Charger.Product.GridProfile.Crc);
        Assert.AreEqual(file.Profile.Crc, bench.Events(ChargerEventCode.GridProfileChanged).Single().Values[0]);
    }

    [TestMethod]
    public void ItHoldsOverALossOfSupplyUntilAnotherComesAndNoneEndsIt()
    {
        V2gBench bench = new("vde4105");
        OutOfService(bench);
        Assert.AreEqual(CommandRefusal.None, Bring(bench, GridProfileFile.Load("nbt32004").Bytes));
        bench.LosePower();
        bench.Run(1_000);
        Assert.AreEqual("nbt32004", bench.Charger.Product.GridProfile.Name);
        Assert.AreEqual(CommandRefusal.None, Bring(bench, GridProfileFile.Load("none").Bytes));
        Assert.IsNull(bench.Charger.Product.GridProfile);
        bench.LosePower();
        bench.Run(1_000);
        Assert.IsNull(bench.Charger.Product.GridProfile, "the board's own does not come back");
    }

    [TestMethod]
    public void WhatIsNoProfileOrCannotBeKeptChangesNothing()
    {
        RefusingStore store = new();
        V2gBench bench = new("vde4105", checkpoints: store);
        OutOfService(bench);
        byte[] form = GridProfileFile.Load("en50549").Bytes;
        Random random = new(4);
        for (int i = 0; i < 200; i++)
        {
            byte[] bad = (byte[])form.Clone();
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            Assert.AreEqual(CommandRefusal.BadArgument, Bring(bench, bad));
        }

        Assert.AreEqual(CommandRefusal.OutOfRange, bench.Do(CommandCode.GridProfile,
            $$"""{"bytes":{{ChargerLimits.GridProfileBytesMax + 1}},"at":0,"data":"AAAA"}"""));
        store.Refuses = true;
        Assert.AreEqual(CommandRefusal.StorageFailed, Bring(bench, form));
        Assert.AreEqual("vde4105", bench.Charger.Product.GridProfile.Name);
        store.Refuses = false;
        bench.LosePower();
        bench.Run(1_000);
        Assert.AreEqual("vde4105", bench.Charger.Product.GridProfile.Name);
        for (int role = 0; role < CommandRole.Count; role++)
        {
            Assert.AreEqual(role == CommandRole.Utility, CommandCatalogue.IsAllowed(CommandCode.GridProfile, role));
        }
    }

    [TestMethod]
    public void EveryProfileThatShipsFitsIntoTheCommandAndTheState()
    {
        foreach (string name in GridProfileFile.Names)
        {
            V2gBench bench = new(null);
            OutOfService(bench);
            Assert.AreEqual(CommandRefusal.None, Bring(bench, GridProfileFile.Load(name).Bytes), name);
            bench.LosePower();
            bench.Run(200);
            Assert.AreEqual(name == "none" ? null : name, bench.Charger.Product.GridProfile?.Name);
        }
    }

    [TestMethod]
    public void BirthAndSessionRecordNameIt()
    {
        MemoryLink link = new();
        V2gBench bench = new(null, link: link);
        JsonNode birth = JsonNode.Parse(link.Last("status"));
        Assert.IsNull(birth["gridProfile"]);
        EndSession(bench);
        Assert.IsNull(bench.LastSession().GridName);
        Assert.AreEqual(CommandRefusal.None, bench.Do(CommandCode.Availability, """{"operative":false}"""));
        GridProfileFile file = GridProfileFile.Load("en50549");
        Assert.AreEqual(CommandRefusal.None, Bring(bench, file.Bytes));
        bench.Run(2_000);
        birth = JsonNode.Parse(link.Last("status"));
        Assert.AreEqual("en50549", birth["gridProfile"].GetValue<string>());
        Assert.AreEqual(file.Profile.Crc, birth["gridProfileCrc"].GetValue<uint>());
        Assert.AreEqual(CommandRefusal.None, bench.Do(CommandCode.Availability, """{"operative":true}"""));
        bench.Charger.Vehicle.Unplug();
        bench.Run(5_000);
        bench.Charge();
        bench.Run(40_000);
        EndSession(bench);
        SessionRecord record = bench.LastSession();
        Assert.AreEqual("en50549", record.GridName);
        Assert.AreEqual(file.Profile.Crc, record.GridCrc);
    }

    [TestMethod]
    public void ARecordUnderAProfileIsReadWholeAndOneWithoutIsWrittenAsBefore()
    {
        SessionRecord record = new() { Number = 7, RateCount = 1, StartUtcSeconds = 1_772_400_000 };
        byte[] plain = new byte[SessionRecord.BytesMax];
        int plainLength = record.WriteBody(plain, 0);
        Assert.AreEqual(1, plain[0], "what 0.1.0 reads");
        record.GridName = new string('x', 32);
        record.GridCrc = uint.MaxValue;
        record.ReservationSeconds = 5;
        byte[] bytes = new byte[SessionRecord.BytesMax];
        int length = record.WriteBody(bytes, 0);
        SessionRecord read = new();
        Assert.IsTrue(read.TryReadBody(bytes, 0, length));
        Assert.AreEqual(record.GridName, read.GridName);
        Assert.AreEqual(record.GridCrc, read.GridCrc);
        Assert.AreEqual(5, read.ReservationSeconds);
        for (int cut = 0; cut < length; cut++)
        {
            Assert.IsFalse(new SessionRecord().TryReadBody(bytes, 0, cut), $"cut to {cut}");
        }

        Assert.IsTrue(read.TryReadBody(plain, 0, plainLength));
        Assert.IsNull(read.GridName);
        Assert.AreEqual(0u, read.GridCrc);
    }

    private static void OutOfService(V2gBench bench)
    {
        EndSession(bench);
        Assert.AreEqual(CommandRefusal.None, bench.Do(CommandCode.Availability, """{"operative":false}"""));
    }

    private static void EndSession(V2gBench bench)
    {
        Assert.AreEqual(CommandRefusal.None, bench.Do(CommandCode.Session, """{"action":"stop"}"""));
        bench.Run(20_000);
        Assert.IsFalse(bench.Charger.Product.Sessions.IsActive);
    }

    private static int Bring(V2gBench bench, byte[] form, int pieceBytes = 640)
    {
        int refusal = CommandRefusal.None;
        for (int at = 0; at < form.Length && refusal == CommandRefusal.None; at += pieceBytes)
        {
            string data = Convert.ToBase64String(form.AsSpan(at, Math.Min(pieceBytes, form.Length - at)));
            refusal = bench.Do(
                CommandCode.GridProfile, $$"""{"bytes":{{form.Length}},"at":{{at}},"data":"{{data}}"}""");
        }

        return refusal;
    }

    /// <summary>A store that refuses when it is told to.</summary>
    private sealed class RefusingStore : ICheckpointStore
    {
        private readonly CheckpointStore _store = new(new RamBlockStore(4, 64 * 1024), 16 * 1024);

        public bool Refuses { get; set; }

        public bool TryWrite(byte[] state, int count) => !Refuses && _store.TryWrite(state, count);

        public bool TryBegin(byte[] state, int count) => !Refuses && _store.TryBegin(state, count);

        public int Carry(byte[] state, int done, int bytes) => _store.Carry(state, done, bytes);

        public bool TryFinish(byte[] state) => !Refuses && _store.TryFinish(state);

        public bool TryReadNewest(byte[] state, out int count, out bool isOlder) =>
            _store.TryReadNewest(state, out count, out isOlder);
    }
}

using MeterFirmware.Basics;
using MeterFirmware.Catalogue;
using MeterFirmware.Commands;
using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

/// <summary>What a loss of supply, and an update of the firmware, leave of the product's registers.</summary>
[TestClass]
public class ProductStateTests
{
    private const int StateRoom = 4084;

    // What a meter of 2 rates and 3 tiers saved at 2026-01-01T12:01:00+08:00 under the second layout: 2016 Wh, 2 kW h
    // paid in advance. Pairs of offset and bytes; the rest of its 1129 bytes is 0.
    private static readonly int[] _secondAt =
    {
        0, 20, 28, 36, 76, 84, 588, 596, 604, 612, 684, 696, 724, 732, 744, 988, 1024, 1032, 1044, 1052, 1057, 1066,
            1073, 1113, 1121,
    };

    private static readonly string[] _secondBytes =
    {
        "020000000200010011000000e007", "8f74d817", "e007", "8f74d817", "e007", "8f74d817", "40420f", "28dc5569",
            "40420f", "28dc5569",
        "e27b0100e007", "8f74d817", "e007", "8f74d8179730", "58ecea1ed284", "604cb7779b0100000062b6779b01000054821e",
            "8070",
        "01000000ec7007", "9730", "01", "283010", "45cb3a", "54821e", "d0672903", "54821e",
    };

    [TestMethod]
    public void RegistersSavedByTheLayoutBeforeAreAllThereAfterAnUpdate()
    {
        ProductBench bench = Restarted(SecondState(), 1129, 2);
        Meter meter = bench.Product.Meter;
        Assert.AreEqual(2016L, meter.Registers.TotalWattHours(EnergyKind.Import));
        Assert.AreEqual(400_061_583L, meter.Registers.TotalRemainder(EnergyKind.Import));
        Assert.AreEqual(1_000_000L, meter.ImportDemand.MaximumMilliwatts);
        Assert.AreEqual(1_767_234_600L, meter.ImportDemand.MaximumUtcSeconds);
        Assert.AreEqual(12_439L, meter.ImportCost.RateCost(0));
        Assert.AreEqual(487_660L, bench.Meter.Terms.Prepayment.Balance);
        Assert.AreEqual(1_060_904L, bench.Meter.Recorder.Carbon.TotalMilligrams);
        bench.Run(2);
        Assert.AreEqual(0, bench.Events(EventCode.CheckpointFailed));
    }

    [TestMethod]
    public void ASectionThatThisFirmwareDoesNotKnowIsPassedOver()
    {
        ProductBench bench = new ProductBench();
        bench.Run(1000);
        long before = bench.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        Assert.IsTrue(before > 200);
        bench.Meter.Core.PowerFails(bench.NowMs);
        byte[] newer = new byte[4096];
        int length = State(bench, newer);

        // In front of all others, as a later firmware might have it.
        byte[] state = new byte[4096];
        System.Array.Copy(newer, 0, state, 0, 4);
        state[4] = 200;
        LittleEndian.WriteUInt16(state, 5, 30);
        System.Array.Copy(newer, 4, state, 4 + 33, length - 4);
        ProductBench after = Restarted(state, length + 33, 8);
        Assert.AreEqual(before, after.Product.Meter.Registers.TotalWattHours(EnergyKind.Import));
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(16)]
    public void AMeterThatNowKeepsOtherRatesHasItsTotalsAndTheRatesThatItKeeps(int rates)
    {
        ProductBench bench = new ProductBench();
        bench.Run(5000);
        bench.Meter.Core.PowerFails(bench.NowMs);
        byte[] state = new byte[4096];
        ProductBench after = Restarted(state, State(bench, state), rates);
        EnergyRegisters registers = after.Product.Meter.Registers;
        Assert.AreEqual(rates, registers.RateCount);
        for (int kind = 0; kind < EnergyKind.Count; kind++)
        {
            Assert.AreEqual(bench.Product.Meter.Registers.TotalWattHours(kind), registers.TotalWattHours(kind));
            Assert.AreEqual(bench.Product.Meter.Registers.PhaseWattHours(kind, 0), registers.PhaseWattHours(kind, 0));
            Assert.AreEqual(bench.Product.Meter.Registers.RateRemainder(kind, 0), registers.RateRemainder(kind, 0));
        }

        Assert.AreEqual(bench.Product.Meter.ImportCost.RateCost(0), after.Product.Meter.ImportCost.RateCost(0));
        Assert.AreEqual(bench.Product.Meter.ImportDemand.MaximumMilliwatts,
            after.Product.Meter.ImportDemand.MaximumMilliwatts);
        Assert.AreEqual(bench.Meter.Recorder.Carbon.TotalMilligrams, after.Meter.Recorder.Carbon.TotalMilligrams);
    }

    /// <summary>facts/metering-rules.md: an incomplete period is never a maximum; one that was complete is not
    /// lost.</summary>
    [TestMethod]
    public void AMaximumOfASlidingWindowIsThereAfterACutWithoutWarning()
    {
        ProductBench bench = new ProductBench(new MeteringSettings { DemandPeriodMinutes = 15, DemandSlipMinutes = 1 });
        bench.Run(1200);
        bench.Twin.SetLoad(230_000, 20_000, 4_000_000, 0, 50_000);
        bench.Run(200);
        long maximum = bench.Product.Meter.ImportDemand.MaximumMilliwatts;
        long at = bench.Product.Meter.ImportDemand.MaximumUtcSeconds;
        Assert.IsTrue(maximum > 1_100_000, maximum.ToString());
        ProductBench after = bench.Restart(60, false);
        after.Run(30);
        Assert.AreEqual(maximum, after.Product.Meter.ImportDemand.MaximumMilliwatts);
        Assert.AreEqual(at, after.Product.Meter.ImportDemand.MaximumUtcSeconds);
        Assert.AreEqual(maximum, after.Product.Meter.ImportDemand.RateMaximumMilliwatts(0));
    }

    [TestMethod]
    public void APowerLossInTheMiddleOfADemandWindowLeavesTheWindowOutAndTheMaximumAsItWas()
    {
        ProductBench bench = new ProductBench();
        bench.Run(2000);
        long maximum = bench.Product.Meter.ImportDemand.MaximumMilliwatts;
        Assert.IsTrue(maximum > 0);

        // The rest of the window carries four times as much; half of it is dark.
        bench.Twin.SetLoad(230_000, 20_000, 4_000_000, 0, 50_000);
        bench.Run(300);
        ProductBench after = bench.Restart(120, true);
        after.Twin.SetLoad(230_000, 20_000, 4_000_000, 0, 50_000);
        after.Run(450);
        Assert.AreEqual(maximum, after.Product.Meter.ImportDemand.MaximumMilliwatts);

        // The first whole window after it counts.
        after.Run(900);
        Assert.IsTrue(after.Product.Meter.ImportDemand.MaximumMilliwatts > 3_900_000);
    }

    [TestMethod]
    public void ADayAheadPriceBetweenTheCheckpointAndACutCostsWhatTheListSaid()
    {
        ProductBench cut = PricedHour();
        long cost = cut.Product.Meter.ImportCost.RateCost(0);

        // 1 kWh at 2.0 and not at the table's 0.617.
        Assert.IsTrue(cost > 19_500, cost.ToString());
        ProductBench after = cut.Restart(60, false);
        after.Run(1);
        long restored = after.Product.Meter.ImportCost.RateCost(0);
        Assert.IsTrue(restored > cost - 700 && restored <= cost + 20, restored.ToString() + " of " + cost.ToString());
    }

    [TestMethod]
    public void ATableSwitchBetweenTheCheckpointAndACutCostsEachPartAtItsOwnPrice()
    {
        ProductBench bench = new ProductBench(new MeteringSettings(), 7_200_000);
        bench.Run(1800);

        // Half the load: no maximum rises, so nothing is saved in between.
        bench.Twin.SetLoad(230_000, 2_500, 500_000, 0, 50_000);
        string more = ",\"set\":\"spare\",\"prices\":" + (bench.UtcMs / 1000 + 900).ToString();
        Assert.AreEqual(CommandRefusal.None,
            bench.SendTariff(TableBytes.Household("Dear", 900_000, 400_000), 300, more));
        Assert.IsTrue(bench.Product.TrySave());
        long cost = bench.Product.Meter.ImportCost.RateCost(0);
        long wattHours = bench.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        bench.Run(2700);
        ProductBench after = bench.Restart(60, false);
        after.Run(1);

        // A quarter of an hour at 0.617, two at 0.9.
        Assert.AreEqual(wattHours + 375, after.Product.Meter.Registers.TotalWattHours(EnergyKind.Import));
        long restored = after.Product.Meter.ImportCost.RateCost(0) - cost;
        Assert.IsTrue(restored >= 771 + 2250 - 20 && restored <= 771 + 2250 + 20, restored.ToString());
    }

    [TestMethod]
    public void EnergyUsedBeforeATableCameByCommandKeepsItsPriceOverACut()
    {
        ProductBench bench = new ProductBench(new MeteringSettings(), 3_600_000);
        bench.Run(1800);
        long before = bench.Product.Meter.ImportCost.RateCost(0);
        Assert.AreEqual(CommandRefusal.None, bench.SendTariff(TableBytes.Household("Dear", 900_000, 400_000), 300, ""));
        ProductBench after = bench.Restart(10, false);
        after.Run(1);
        Assert.AreEqual("Dear", after.Product.Meter.Tariff.Name);
        long restored = after.Product.Meter.ImportCost.RateCost(0);
        Assert.IsTrue(restored >= before - 2
            && restored <= before + 6, restored.ToString() + " and " + before.ToString());
    }

    [TestMethod]
    public void SettlementDatesThatWereChangedOweNothingFromBeforeAlsoAfterARestart()
    {
        // 2026-01-31T23:50:00+08:00: the month's end is settled; then it is 20 February.
        ProductBench bench = new ProductBench { UtcMs = 1_769_874_600_000 };
        bench.Run(1200);
        Assert.AreEqual(1L, bench.Freezes.Count(FreezeKind.Settlement));
        bench.UtcMs += 19 * 86_400_000L;
        Assert.AreEqual(CommandRefusal.None,
            bench.Execute(CommandCode.Clock, "{\"utcSeconds\":" + (bench.UtcMs / 1000).ToString() + "}"));
        bench.Run(60);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Settlement, "{\"day1\":15,\"hour1\":0}"));
        bench.Run(1800);
        Assert.AreEqual(1L, bench.Freezes.Count(FreezeKind.Settlement));
        long maximum = bench.Product.Meter.ImportDemand.MaximumMilliwatts;
        Assert.IsTrue(maximum > 0);
        ProductBench after = bench.Restart(60, true);
        after.Run(60);
        Assert.AreEqual(1L, after.Freezes.Count(FreezeKind.Settlement), "settled again");
        Assert.AreEqual(maximum, after.Product.Meter.ImportDemand.MaximumMilliwatts);
    }

    /// <summary>An hour that a list prices at 2.0, with the last checkpoint at its beginning.</summary>
    private static ProductBench PricedHour()
    {
        ProductBench bench = new ProductBench(new MeteringSettings { IntervalMinutes = 15 }, 7_200_000);
        bench.Run(2);
        byte[] prices = new byte[96 * 4];
        for (int i = 0; i < 96; i++)
        {
            LittleEndian.WriteInt32(prices, 4 * i, 2_000_000);
        }

        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Prices,
            "{\"day\":20454,\"data\":\"" + System.Convert.ToBase64String(prices) + "\"}"));
        Assert.IsTrue(bench.Product.TrySave());
        bench.Run(3600);
        return bench;
    }

    [TestMethod]
    // Then registers and log agree after a power cut.
    public void ACheckpointThatIsNearlyDueIsMadeWithAnIntervalsEnd()
    {
        ProductBench bench = new ProductBench(new MeteringSettings(), 1_200_000);
        bench.UtcMs += 240_000;
        bench.Run(700);

        // Less load from now on: no maximum demand rises, which would be a reason of its own.
        bench.Twin.SetLoad(230_000, 2500, 500_000, 0, 50_000);
        bench.Run(10);
        byte[] first = new byte[4096];
        int firstLength = State(bench, first);
        bench.Run(840);
        byte[] second = new byte[4096];
        bool isSame = IsSame(first, firstLength, second, State(bench, second));
        Assert.IsTrue(isSame, "10:29:50: nothing is due within the interval");
        bench.Run(20);
        Assert.IsFalse(IsSame(first, firstLength, second, State(bench, second)), "10:30: due at 10:35, and made now");
    }

    private static bool IsSame(byte[] one, int oneLength, byte[] other, int otherLength)
    {
        for (int i = 0; i < oneLength; i++)
        {
            if (one[i] != other[i])
            {
                return false;
            }
        }

        return oneLength == otherLength;
    }

    private static int State(ProductBench bench, byte[] into)
    {
        Assert.IsTrue(Checkpoints(bench.Flash).TryReadNewest(into, out int length, out bool _));
        return length;
    }

    private static CheckpointStore Checkpoints(Hardware.IBlockStore flash) =>
        new CheckpointStore(new BlockRegion(flash, 0, 2), StateRoom);

    private static ProductBench Restarted(byte[] state, int length, int rates)
    {
        RamBlockStore flash = ProductBench.NewFlash();
        Assert.IsTrue(Checkpoints(flash).TryWrite(state, length));
        return new ProductBench(flash,
            new MeteringSettings { RateCountMax = rates, TierCountMax = rates == 2 ? 3 : 4 });
    }

    private static byte[] SecondState()
    {
        byte[] state = new byte[4096];
        for (int i = 0; i < _secondAt.Length; i++)
        {
            for (int digit = 0; digit < _secondBytes[i].Length; digit += 2)
            {
                state[_secondAt[i] + digit / 2] =
                    (byte)(Nibble(_secondBytes[i][digit]) << 4 | Nibble(_secondBytes[i][digit + 1]));
            }
        }

        return state;
    }

    private static int Nibble(char c) => c >= 'a' ? c - 'a' + 10 : c - '0';
}

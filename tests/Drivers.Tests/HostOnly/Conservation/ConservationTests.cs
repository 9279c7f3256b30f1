using System.IO;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using MeterFirmware.Tools.Tests.Support;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.HostOnly.Conservation;

/// <summary>Every metering chip that counts energy, to the Wh over a simulated year.</summary>
[TestClass]
public class ConservationTests
{
    [TestMethod]
    [EachBench]
    public void EveryWattHourOfAYearIsKept(string chip) => new ConservationYear(EachBenchAttribute.New(chip), 1).Run(1);

    [TestMethod]
    [EachBench]
    public void EveryWattHourOfYearsInFinerStepsIsKept(string chip)
    {
        LongRun.AskedOrSkip();
        for (int seed = 2; seed < 5; seed++)
        {
            new ConservationYear(EachBenchAttribute.New(chip), seed).Run(8);
        }
    }

    [TestMethod]
    [EachBench]
    public void NothingIsAllocatedAfterConstructionFaultsAndRestartsIncluded(string chip)
    {
        ConservationBench bench = EachBenchAttribute.New(chip);
        Measurement measurement = new Measurement();
        long nowMs = 0;
        int good = 0;
        Allocation.AssertNone(() =>
        {
            for (int step = 0; step < 2_000; step++)
            {
                bench.SetLoad(step % bench.PhaseCount, step % 900 * 5_000);
                bench.SetFaults(step % 50 < 4 ? TwinFault.Unplugged : TwinFault.None);
                if (step % 200 == 90)
                {
                    bench.Restart();
                }

                bool isRead = false;
                for (int call = 0; call < bench.CallCountMax && !isRead; call++)
                {
                    bench.Advance(call == 0 ? 1_000 : bench.CallMs);
                    nowMs += call == 0 ? 1_000 : bench.CallMs;
                    isRead = bench.Sensor.TryRead(nowMs, measurement);
                }

                good += isRead ? 1 : 0;
            }
        });
        Assert.IsTrue(good > 1_000, "only " + good + " good readings: the run tests nothing");
    }

    /// <summary>The table itself is made by tools/Generate, out of the same folders.</summary>
    [TestMethod]
    public void EveryChipThatCountsEnergyHasItsYear()
    {
        int chips = 0;
        foreach (string folder in Directory.GetDirectories(Path.Combine(Checkout.Root, "drivers")))
        {
            string card = Path.Combine(folder, "chip.json");
            string name = Path.GetFileName(folder);
            bool isChip = File.Exists(card);
            bool isSensor = File.Exists(Path.Combine(folder, name + "PowerSensor.cs"));
            Assert.IsTrue(isChip || !isSensor || name == "PhaseGroup" || name == "PolyphaseChips",
                name + " is a metering chip: its chip.json is missing");
            if (isChip)
            {
                chips++;
                bool isCounted = !File.ReadAllText(card).Contains("\"energy\": \"none");
                Assert.AreEqual(isCounted, System.Array.IndexOf(EachBenchAttribute.Folders, name) >= 0, name);
            }
        }

        Assert.IsTrue(chips >= 8, "chips " + chips);
    }
}

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
    private const string Ade7880 = "Ade7880";
    private const string Ade7880Spi = "Ade7880 on SPI";
    private const string Ade7953 = "Ade7953";
    private const string Ade9000 = "Ade9000";
    private const string Atm90e32 = "Atm90e32";
    private const string Bl0942 = "Bl0942";
    private const string Bl0942Spi = "Bl0942 on SPI";
    private const string Cse7766 = "Cse7766";
    private const string Hlw8012 = "Hlw8012";

    private static readonly string[] _folders = { Ade7880, Ade7953, Ade9000, Atm90e32, Bl0942, Cse7766, Hlw8012 };

    [TestMethod]
    [DataRow(Ade7953)]
    [DataRow(Ade7880)]
    [DataRow(Ade7880Spi)]
    [DataRow(Ade9000)]
    [DataRow(Atm90e32)]
    [DataRow(Bl0942)]
    [DataRow(Bl0942Spi)]
    [DataRow(Cse7766)]
    [DataRow(Hlw8012)]
    public void EveryWattHourOfAYearIsKept(string chip) => new ConservationYear(NewBench(chip), 1).Run(1);

    [TestMethod]
    [DataRow(Ade7953)]
    [DataRow(Ade7880)]
    [DataRow(Ade7880Spi)]
    [DataRow(Ade9000)]
    [DataRow(Atm90e32)]
    [DataRow(Bl0942)]
    [DataRow(Bl0942Spi)]
    [DataRow(Cse7766)]
    [DataRow(Hlw8012)]
    public void EveryWattHourOfYearsInFinerStepsIsKept(string chip)
    {
        LongRun.AskedOrSkip();
        for (int seed = 2; seed < 5; seed++)
        {
            new ConservationYear(NewBench(chip), seed).Run(8);
        }
    }

    [TestMethod]
    [DataRow(Ade7880)]
    [DataRow(Ade7880Spi)]
    [DataRow(Ade9000)]
    [DataRow(Atm90e32)]
    [DataRow(Bl0942)]
    [DataRow(Bl0942Spi)]
    [DataRow(Cse7766)]
    [DataRow(Hlw8012)]
    public void NothingIsAllocatedAfterConstructionFaultsAndRestartsIncluded(string chip)
    {
        ConservationBench bench = NewBench(chip);
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

    [TestMethod]
    public void TheTableOfChipsNamesEveryDriverAndWhoseYearIsKept()
    {
        string drivers = Path.Combine(Checkout.Root, "drivers");
        string[] lines = File.ReadAllLines(Path.Combine(drivers, "README.md"));
        foreach (string folder in Directory.GetDirectories(drivers))
        {
            string name = Path.GetFileName(folder);
            if (!File.Exists(Path.Combine(folder, name + ".csproj")))
            {
                continue;
            }

            string row = System.Array.Find(lines, line => line.StartsWith("| [" + name + "]("))
                ?? System.Array.Find(lines, line => line.StartsWith('|') && line.Contains("[" + name + "]("));
            Assert.IsTrue(row != null, "drivers/README.md has no row for " + name);
            bool isInSuite = System.Array.IndexOf(_folders, name) >= 0;
            Assert.AreEqual(isInSuite, row.Contains("| kept |"), "drivers/README.md, row of " + name);
            bool isSensor = File.Exists(Path.Combine(folder, name + "PowerSensor.cs"));
            Assert.IsTrue(
                isInSuite || !isSensor || name == "PhaseGroup" || row.Contains("no counter"),
                name + " counts energy: it belongs into the conservation suite");
        }
    }

    private static ConservationBench NewBench(string chip) => chip switch
    {
        Ade7953 => new Ade7953ConservationBench(),
        Ade7880 or Ade7880Spi => new Ade7880ConservationBench(chip == Ade7880Spi),
        Ade9000 => new Ade9000ConservationBench(),
        Atm90e32 => new Atm90e32ConservationBench(),
        Cse7766 => new Cse7766ConservationBench(),
        Hlw8012 => new Hlw8012ConservationBench(),
        _ => new Bl0942ConservationBench(chip == Bl0942Spi),
    };
}

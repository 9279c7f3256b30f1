using MeterFirmware.Tools.Tests.Support;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.HostOnly.Conservation;

/// <summary>Every metering chip that counts energy, to the Wh over a simulated year.</summary>
[TestClass]
public class ConservationTests
{
    [TestMethod]
    public void Ade7953KeepsEveryWattHourOfAYear() => Run(0);

    [TestMethod]
    [DataRow(0)]
    public void AYearInFinerStepsIsKeptToo(int chip)
    {
        LongRun.AskedOrSkip();
        for (int seed = 2; seed < 5; seed++)
        {
            new ConservationYear(NewBench(chip), seed).Run(8);
        }
    }

    private static void Run(int chip) => new ConservationYear(NewBench(chip), 1).Run(1);

    private static ConservationBench NewBench(int chip) => chip switch
    {
        _ => new Ade7953ConservationBench(),
    };
}

using MeterFirmware.Tools.Tests.Support;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.HostOnly.Conservation;

/// <summary>Every metering chip that counts energy, to the Wh over a simulated year.</summary>
[TestClass]
public class ConservationTests
{
    private const int Ade7953 = 0;
    private const int Bl0942Serial = 1;
    private const int Bl0942Spi = 2;
    private const int Atm90e32 = 3;

    [TestMethod]
    [DataRow(Ade7953)]
    [DataRow(Bl0942Serial)]
    [DataRow(Bl0942Spi)]
    [DataRow(Atm90e32)]
    public void EveryWattHourOfAYearIsKept(int chip) => new ConservationYear(NewBench(chip), 1).Run(1);

    [TestMethod]
    [DataRow(Ade7953)]
    [DataRow(Bl0942Serial)]
    [DataRow(Bl0942Spi)]
    [DataRow(Atm90e32)]
    public void EveryWattHourOfYearsInFinerStepsIsKept(int chip)
    {
        LongRun.AskedOrSkip();
        for (int seed = 2; seed < 5; seed++)
        {
            new ConservationYear(NewBench(chip), seed).Run(8);
        }
    }

    private static ConservationBench NewBench(int chip) => chip switch
    {
        Ade7953 => new Ade7953ConservationBench(),
        Bl0942Serial => new Bl0942ConservationBench(false),
        Bl0942Spi => new Bl0942ConservationBench(true),
        _ => new Atm90e32ConservationBench(),
    };
}

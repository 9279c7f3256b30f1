using System.Threading;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Demo;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Bench;

/// <summary>The home of the demonstration: what it prints is what happened, and the same in every run.</summary>
[TestClass]
public class DemoHomeTests
{
    [TestMethod]
    public void ADayOfSurplusAndDischargeAgreesWithItselfAndRepeats()
    {
        DemoHome home = Run();
        Assert.IsNull(home.Problem);
        Assert.IsGreaterThan(20_000, home.ChargedWattHours);
        Assert.IsGreaterThan(10_000, home.GivenWattHours);
        Assert.IsLessThan(300, home.ImportWattHours - 2_000 * 4 - 500 * 3,
            "beyond the evening's allowed peak and the dark hours");
        DemoHome again = Run();
        Assert.AreEqual(
            (home.ChargedWattHours, home.GivenWattHours, home.ImportWattHours, home.ExportWattHours,
                home.EveningWattsMax),
            (again.ChargedWattHours, again.GivenWattHours, again.ImportWattHours, again.ExportWattHours,
                again.EveningWattsMax));
    }

    private static DemoHome Run()
    {
        // 2026-07-15, midnight in Shanghai.
        DemoHome home = new(TariffFile.Load("china-workplace-five-rates").Table, 1_784_044_800);
        home.Run(CancellationToken.None);
        return home;
    }
}

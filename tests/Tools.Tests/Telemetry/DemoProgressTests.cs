using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Demo;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>What `meterctl demo` says while it runs.</summary>
[TestClass]
public partial class DemoProgressTests
{
    [TestMethod]
    public async Task WhatIsStoredAndWhatIsOnTheWayIsWhatWasProduced()
    {
        await using DemoRun run = await DemoRun.StartAsync(TariffFile.Load("china-workplace-five-rates"), 4, 0,
            new(2026, 7, 15), hasHome: false);
        Task<bool> day = Task.Run(() => run.Run(CancellationToken.None));
        long before = 0;
        for (bool isLast = false; !isLast;)
        {
            isLast = day.IsCompleted;
            string text = DemoScreen.ProgressText(run);
            Match match = Numbers().Match(text);
            Assert.IsTrue(match.Success, text);
            long produced = long.Parse(match.Groups[1].Value);
            long stored = long.Parse(match.Groups[2].Value);
            long underWay = long.Parse(match.Groups[3].Value);
            Assert.AreEqual(produced, stored + underWay, text);
            Assert.IsTrue(underWay >= 0 && stored >= before, text);
            Assert.IsTrue(!isLast || underWay == 0, text);
            before = stored;
        }

        Assert.IsTrue(await day);
    }

    [GeneratedRegex("records: ([0-9]+) produced, ([0-9]+) stored by the head-end, (-?[0-9]+) on the way")]
    private static partial Regex Numbers();
}

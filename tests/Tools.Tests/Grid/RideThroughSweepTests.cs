using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using MeterFirmware.Grid;
using MeterFirmware.Tools.GridServices;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Grid;

/// <summary>No profile trips inside of its windows, each trips outside, to one tick. What is expected comes from the
/// documents by another reader, in doubles.</summary>
[TestClass]
public sealed class RideThroughSweepTests
{
    private static IEnumerable<object[]> Profiles => GridProfileFile.Names.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Profiles))]
    public void AVoltageTripsWhenItsTimeIsOverAndNotBefore(string name)
    {
        JsonElement profile = Document(name);
        double unit = profile.GetProperty("voltageIn").GetString() == "V"
            ? profile.GetProperty("nominalVolts").GetDouble() : 1;
        List<double> all = Edges(profile, "voltage", 1.0 / 230_000, unit);
        for (int permille = 0; permille <= 1500; permille += LongRun.IsAsked ? 2 : 20)
        {
            all.Add(permille / 1000.0);
        }

        foreach (double volts in all)
        {
            Judge(name, TripMs(profile, "voltage", volts * unit, unit), bench => bench.Volts(volts), $"{volts} pu");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Profiles))]
    public void AFrequencyTripsWhenItsTimeIsOverAndNotBefore(string name)
    {
        JsonElement profile = Document(name);
        double nominal = profile.GetProperty("nominalHertz").GetDouble();
        List<double> all = Edges(profile, "frequency", 0.001, 1);
        for (int tenths = -50; tenths <= 50; tenths += LongRun.IsAsked ? 1 : 5)
        {
            all.Add(nominal + tenths / 10.0);
        }

        foreach (double hertz in all)
        {
            Judge(name, TripMs(profile, "frequency", hertz, 1), bench => bench.Hertz(hertz - nominal), $"{hertz} Hz");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Profiles))]
    public void NoRuleTripsWithinATimeToStay(string name)
    {
        JsonElement profile = Document(name);
        if (!profile.TryGetProperty("stay", out JsonElement stays))
        {
            return;
        }

        double unit = profile.GetProperty("voltageIn").GetString() == "V"
            ? profile.GetProperty("nominalVolts").GetDouble() : 1;
        foreach (JsonElement stay in stays.EnumerateArray())
        {
            string kind = stay.GetProperty("kind").GetString().Split('-')[1];
            double from = stay.GetProperty("until").GetDouble();
            double to = stay.GetProperty("beyond").GetDouble();
            for (int i = 0; i <= 20; i++)
            {
                double value = from + (to - from) * i / 20;
                double atLeast = TimeMs(stay, value);
                double trips = TripMs(profile, kind, value, kind == "voltage" ? unit : 1);
                Assert.IsTrue(trips >= atLeast - 1e-6, $"{name} {value}: {trips} < {atLeast}");
            }
        }
    }

    /// <summary>The figures themselves, typed from their sources and not from the documents.</summary>
    [TestMethod]
    [DataRow("ieee1547-2", 0.80, 60.0, 3_000 + 8_700 * 0.15)]
    [DataRow("ieee1547-2", 0.60, 60.0, 320)]
    [DataRow("ieee1547-2", 0.40, 60.0, 160)]
    [DataRow("ieee1547-2", 1.12, 60.0, 1_000)]
    [DataRow("ieee1547-2", 1.16, 60.0, 500)]
    [DataRow("ieee1547-2", 1.19, 60.0, 200)]
    [DataRow("ieee1547-3", 0.80, 60.0, 21_000)]
    [DataRow("ieee1547-3", 0.45, 60.0, 2_000)]
    [DataRow("ieee1547-3", 1.15, 60.0, 13_000)]
    [DataRow("ieee1547-3", 1.21, 60.0, 160)]
    [DataRow("ieee1547-3", 1.00, 58.4, 300_000)]
    [DataRow("ieee1547-3", 1.00, 61.3, 300_000)]
    [DataRow("ieee1547-3", 1.00, 56.4, 160)]
    [DataRow("ieee1547-3", 1.00, 62.1, 160)]
    [DataRow("en50549", 195.4 / 230, 50.0, 1_500)]
    [DataRow("en50549", 160.9 / 230, 50.0, 200)]
    [DataRow("en50549", 253.1 / 230, 50.0, 3_000)]
    [DataRow("en50549", 264.6 / 230, 50.0, 200)]
    [DataRow("en50549", 276.1 / 230, 50.0, 100)]
    [DataRow("en50549", 1.0, 47.9, 2_000)]
    [DataRow("en50549", 1.0, 51.1, 2_000)]
    [DataRow("vde4105", 183.9 / 230, 50.0, 3_000)]
    [DataRow("vde4105", 103.4 / 230, 50.0, 300)]
    [DataRow("vde4105", 287.6 / 230, 50.0, 100)]
    [DataRow("vde4105", 1.0, 47.4, 100)]
    [DataRow("vde4105", 1.0, 51.6, 100)]
    [DataRow("nbt32004", 195.4 / 230, 50.0, 1_600)]
    [DataRow("nbt32004", 114.9 / 230, 50.0, 100)]
    [DataRow("nbt32004", 270.1 / 230, 50.0, 1_600)]
    [DataRow("nbt32004", 310.6 / 230, 50.0, 100)]
    [DataRow("nbt32004", 1.0, 49.4, 700_000)]
    [DataRow("nbt32004", 1.0, 50.3, 100)]
    [DataRow("none", 195.4 / 230, 50.0, 1_000)]
    [DataRow("none", 264.6 / 230, 50.0, 1_000)]
    [DataRow("none", 1.0, 46.9, 1_000)]
    public void EachRowOfTheSourcesHolds(string name, double perUnit, double hertz, double ms)
    {
        GridBench bench = new(name);
        bench.Wants(-7_000);
        bench.Run(1);
        bench.Volts(perUnit);
        bench.Hertz(hertz - bench.NominalMillihertz / 1000.0);
        long tripped = bench.MsToTrip(ms / 1000 + 5);
        Assert.IsTrue(tripped >= ms && tripped < ms + GridBench.TickMs, $"{tripped} ms, expected {ms}");
    }

    [TestMethod]
    public void AMeanOfTenMinutesAboveItsLimitTripsThoughNoMomentDoes()
    {
        GridBench bench = new("vde4105");
        bench.Wants(-5_000);
        bench.Volts(252.9 / 230);
        bench.Run(900);
        Assert.AreEqual(GridState.Run, bench.State);

        // 254 V lift a mean of 252.9 V above 253 V when a share of 0.1 ÷ 1.1 of the window has them: 54.5 s, told at
        // the end of a step of 3 s, of which the first holds a part.
        bench.Volts(254 / 230.0);
        long ms = bench.MsToTrip(100);
        Assert.IsTrue(ms is >= 54_500 and <= 60_000, $"{ms}");
        Assert.AreEqual(TripKind.MeanVoltage, bench.Unit.Ride.Cause);

        // The mean must be inside before it comes back: else it would trip again at once.
        bench.Volts(252 / 230.0);
        bench.Run(130);
        Assert.AreNotEqual(GridState.Trip, bench.State);
        bench.Run(60);
        Assert.AreEqual(GridState.Ramp, bench.State);
    }

    private static void Judge(string name, double expectedMs, Action<GridBench> disturb, string where)
    {
        GridBench bench = new(name);
        bench.Wants(-7_000);
        bench.Run(0.5);
        disturb(bench);

        // What never trips is watched for longer than any rule of voltage.
        double seconds = double.IsPositiveInfinity(expectedMs) ? 25 : expectedMs / 1000 + 0.5;
        long tripped = bench.MsToTrip(seconds);
        bool isRight = tripped < 0 ? seconds * 1000 < expectedMs
            : tripped >= expectedMs && tripped < expectedMs + GridBench.TickMs;
        Assert.IsTrue(isRight, $"{name} at {where}: {tripped} ms, expected {expectedMs}");
    }

    // Each rule's limit, and the least step to both sides of it.
    private static List<double> Edges(JsonElement profile, string quantity, double least, double unit) =>
    [
        .. from rule in profile.GetProperty("trip").EnumerateArray()
           where rule.GetProperty("kind").GetString().EndsWith(quantity, StringComparison.Ordinal)
           from side in new[] { -1, 0, 1 }
           select rule.GetProperty("beyond").GetDouble() / unit + side * least,
    ];

    private static double TripMs(JsonElement profile, string quantity, double value, double unit)
    {
        double least = double.PositiveInfinity;
        foreach (JsonElement rule in profile.GetProperty("trip").EnumerateArray())
        {
            string[] kind = rule.GetProperty("kind").GetString().Split('-');
            double beyond = rule.GetProperty("beyond").GetDouble();
            bool isBeyond = kind[0] == "under"
                ? Math.Round(value / unit * 230_000) < Math.Round(beyond / unit * 230_000)
                : Math.Round(value / unit * 230_000) > Math.Round(beyond / unit * 230_000);
            if (kind[1] == quantity && isBeyond)
            {
                least = Math.Min(least, TimeMs(rule, value / unit));
            }
        }

        return least;
    }

    private static double TimeMs(JsonElement rule, double value)
    {
        double seconds = rule.GetProperty("seconds").GetDouble();
        if (rule.TryGetProperty("secondsPerPu", out JsonElement slope))
        {
            seconds += slope.GetDouble() * Math.Max(0, value - rule.GetProperty("slopeFrom").GetDouble());
        }

        return Math.Round(seconds * 1000, 6);
    }

    private static JsonElement Document(string name) => JsonDocument.Parse(System.IO.File.ReadAllText(
        System.IO.Path.Combine(Checkout.Root, $"firmware/Grid/Profiles/{name}.json"))).RootElement;
}

using System;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Scenarios;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.ChargerSafety;

/// <summary>
/// Ticks of 5 to 60 ms, stalls up to 30 s and the real filter, over a pilot that goes where it likes. Judged in every
/// millisecond by the bench's own pilot, never by what the controller takes it for.
/// </summary>
[TestClass]
public class StallExplorerTests
{
    private const int AskingMillivolts = 6_000;
    private const int ShortRuns = 400;
    private const int LongRuns = 12_000;
    private const int RunMs = 40_000;

    // IEC 61851-1 Table A.6, sequence 8.1.
    private const int OpenWithinMs = 100;

    // A longer tick is a stall: SafetySettings.TickMs and TickLateMsMax together.
    private const int TolerableTickMs = 60;

    private static readonly int[] _levels =
    [
        12_000, 10_500, 9_000, AskingMillivolts, AskingMillivolts, AskingMillivolts, 1_500, 0, -12_000,
    ];

    private long _closings;
    private long _ticks;
    private long _stalls;
    private int _longestMs;

    public TestContext TestContext { get; set; }

    [TestMethod]
    [DataRow((int)ChargingStandard.Iec61851)]
    [DataRow((int)ChargingStandard.Gbt18487)]
    public void NoStallAndNoTickLengthKeepsOrMakesAClosedContactorAgainstThePilot(int standard)
    {
        int runs = LongRun.IsAsked ? LongRuns : ShortRuns;
        for (int seed = 0; seed < runs; seed++)
        {
            Explore((ChargingStandard)standard, new Random(seed), $"seed {seed}");
        }

        TestContext.WriteLine($"{runs} runs of {RunMs / 1000} s: {_ticks} ticks, {_stalls} stalls, "
            + $"{_closings} closings, closed at most {_longestMs} ms after the vehicle stopped asking (stalls aside)");
        Assert.IsGreaterThan(runs, _closings, "vehicles are served all the same");
        Assert.IsGreaterThan(runs, _stalls);
    }

    private void Explore(ChargingStandard standard, Random random, string name)
    {
        SafetySettings settings = SafetySettings.For(standard);

        // Wear is ContactorRuleTests': here the contactor shall close as often as it may.
        settings.FreeClosings = int.MaxValue;
        ChargerBench bench = new();
        SafetyLoop loop = new(ChargerScenarioRunner.HardwareOf(bench), settings);
        loop.Inputs.IsAuthorized = true;
        loop.Inputs.LimitMilliamps = 16_000;
        int tickMsMin = random.Next(5, TolerableTickMs + 1);
        int tickMsMax = random.Next(tickMsMin, TolerableTickMs + 1);
        long nextTickMs = 0;
        long lastTickMs = 0;
        long nextLevelMs = random.Next(1_000);
        long askedMs = 0;
        long stallEndedMs = long.MinValue / 2;
        bool wasOn = false;
        for (long nowMs = 0; nowMs < RunMs; nowMs++)
        {
            if (nowMs >= nextLevelMs)
            {
                bench.CpHighMillivolts = _levels[random.Next(_levels.Length)];
                nextLevelMs = nowMs + LogUniform(random, 1, 3_000);
            }

            bench.Advance(nowMs);
            bool isAsking = bench.CpHighMillivolts == AskingMillivolts;
            askedMs = isAsking ? nowMs : askedMs;
            if (nowMs >= nextTickMs)
            {
                stallEndedMs = nowMs - lastTickMs > TolerableTickMs ? nowMs : stallEndedMs;
                lastTickMs = nowMs;
                loop.Tick(nowMs);
                _ticks++;
                bool stalls = random.Next(150) == 0;
                _stalls += stalls ? 1 : 0;
                nextTickMs = nowMs + (stalls
                    ? LogUniform(random, TolerableTickMs + 1, 30_000)
                    : random.Next(tickMsMin, tickMsMax + 1));
            }

            Judge($"{name} at {nowMs} ms", bench, nowMs, isAsking, askedMs, wasOn,
                nowMs - lastTickMs > TolerableTickMs || nowMs - stallEndedMs < OpenWithinMs);
            wasOn = bench.IsCoilOn;
        }
    }

    private void Judge(
        string where, ChargerBench bench, long nowMs, bool isAsking, long askedMs, bool wasOn, bool isInStall)
    {
        if (!bench.IsCoilOn)
        {
            return;
        }

        if (!wasOn)
        {
            _closings++;
            Assert.IsTrue(isAsking, $"{where}: closed at {bench.CpHighMillivolts} mV");
        }

        int sinceMs = (int)(nowMs - askedMs);

        // In a stall the tick-alive circuit opens in the loop's place.
        Assert.IsTrue(sinceMs <= OpenWithinMs + (isInStall ? ChargerBench.GuardMs : 0),
            $"{where}: closed {sinceMs} ms after the vehicle stopped asking");
        _longestMs = isInStall ? _longestMs : Math.Max(_longestMs, sinceMs);
    }

    private static int LogUniform(Random random, int min, int max) =>
        (int)Math.Round(Math.Exp(Math.Log(min) + random.NextDouble() * (Math.Log(max) - Math.Log(min))));
}

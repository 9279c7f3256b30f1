using System;
using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Boards.Simulator;
using MeterFirmware.EvCharger;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>Random scenarios with the real timers: invariants in every millisecond, reaction times in a table.</summary>
[TestClass]
public class RandomScenarioTests
{
    private const int LongCount = 10_000;
    private const int ShortCount = 300;

    private static readonly Dictionary<string, long> _limitsMs = new()
    {
        // Issue 5, "Numbers".
        ["C→B or unplugged"] = 100,
        ["pilot 0 V or −12 V"] = 100,
        ["residual current"] = 40,
        ["earth lost"] = 100,
        ["diode missing"] = 200,
        ["loop stalled"] = 150,
        ["weld seen after opening"] = 200,
    };

    public TestContext TestContext { get; set; }

    [TestMethod]
    public void RandomScenariosKeepTheInvariantAndTheReactionTimes()
    {
        int count = Environment.GetEnvironmentVariable("METER_LONG") == "1" ? LongCount : ShortCount;
        ReactionTimes times = new();
        long closings = 0;
        for (int seed = 0; seed < count; seed++)
        {
            closings += RunOne(seed, times);
        }

        Console.WriteLine($"{count} random scenarios, {closings} closings; simulated ms from cause to coil off:");
        foreach ((string cause, int reactions, long maxMs) in times.Rows)
        {
            Console.WriteLine($"  {cause,-26} {reactions,6} times, at most {maxMs,4} ms (limit {_limitsMs[cause]})");
        }

        foreach ((string cause, int reactions, long maxMs) in times.Rows)
        {
            Assert.IsTrue(maxMs <= _limitsMs[cause], $"{cause}: {maxMs} ms");
        }

        Assert.HasCount(_limitsMs.Count, times.Rows, "every kind of reaction occurred");
        Assert.IsTrue(closings > count, "the contactor closed more than once a scenario");
    }

    private static int RunOne(int seed, ReactionTimes times)
    {
        Random random = new(seed);
        ChargerScenario scenario = RandomScenario.Create(random);
        ChargerScenarioRunner runner = new(scenario);
        times.BeginRun();
        bool wasClosed = false;
        long stalledUntilMs = -1;
        int stepIndex = 0;
        runner.Watch = nowMs =>
        {
            for (; stepIndex < scenario.Steps.Count && scenario.Steps[stepIndex].AtMs <= nowMs; stepIndex++)
            {
                long stall = scenario.Steps[stepIndex].LoopStallMs ?? 0;
                stalledUntilMs = stall > 50 ? Math.Max(stalledUntilMs, nowMs + stall) : stalledUntilMs;
            }

            times.Watch(nowMs, runner, nowMs < stalledUntilMs);
            ChargeState state = runner.Controller.State;
            bool isCoilOn = runner.Bench.IsCoilOn;
            Assert.IsTrue(!isCoilOn || state.IsClosed, "the coil is on without the firmware's drive");
            bool isOrderly = state.IsStopping && state.StopAgeMs <= runner.Configuration.OrderlyStopMs;
            bool isCharging = state.IsReady && state.IsPwm && state.DiodeSeen && state.SelfTest == ChargeState.TestPassed
                && state.ActiveFaults == 0;
            Assert.IsTrue(!state.IsClosed || isOrderly || isCharging, $"seed {seed} at {nowMs} ms: closed outside of the invariant");
            Assert.IsTrue(!state.IsClosed || wasClosed || isCharging, $"seed {seed} at {nowMs} ms: closed against a condition");
            wasClosed = state.IsClosed;
        };
        CheckOfferChanges(seed, runner.Run());
        return runner.Bench.CloseCount;
    }

    private static void CheckOfferChanges(int seed, IReadOnlyList<ChargerScenarioEvent> events)
    {
        ChargerScenarioEvent before = null;
        foreach (ChargerScenarioEvent item in events.Where(e => e.DutyHundredths is not null))
        {
            bool isChange = before is not null && PilotDuty.IsPwm(before.DutyHundredths.Value) && PilotDuty.IsPwm(item.DutyHundredths.Value);
            Assert.IsTrue(!isChange || item.AtMs - before.AtMs >= 5_000, $"seed {seed} at {item.AtMs} ms: offers changed within 5 s");
            before = item;
        }
    }
}

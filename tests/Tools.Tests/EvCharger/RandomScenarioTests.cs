using System;
using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Boards.Simulator.Scenarios;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.EvCharger;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>The library and random scenarios with the real timers: invariants in every millisecond, reaction times in a
/// table.</summary>
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
        foreach (object[] file in ScenarioLibraryTests.Files)
        {
            string name = (string)file[0];
            RunOne(name, ChargerScenarioFile.Read(ScenarioLibraryTests.PathOf(name)), times);
        }

        for (int seed = 0; seed < count; seed++)
        {
            closings += RunOne($"seed {seed}", RandomScenario.Create(new Random(seed)), times);
        }

        Console.WriteLine(
            $"the library and {count} random scenarios, {closings} closings; simulated ms from cause to coil off:");
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

    private static int RunOne(string name, ChargerScenario scenario, ReactionTimes times)
    {
        ChargerScenarioRunner runner = new(scenario);
        times.BeginRun();
        bool wasClosed = false;
        long stalledUntilMs = -1;
        long heldMs = 0;
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
            Assert.IsTrue(!isCoilOn
                || state.IsClosed, $"{name} at {nowMs} ms: the coil is on without the firmware's drive");
            bool isCharging = state.IsReady && state.IsPwm && state.DiodeSeen
                && state.SelfTest == ChargeState.TestPassed
                && state.ActiveFaults == 0;
            heldMs = isCharging ? nowMs : heldMs;

            // Our own count, not the state machine's: an orderly stop, and a tick that may be 50 ms late.
            Assert.IsTrue(!isCoilOn || nowMs - heldMs <= runner.Settings.OrderlyStopMs + 60,
                $"{name} at {nowMs} ms: closed {nowMs - heldMs} ms after charging last held");
            Assert.IsTrue(!state.IsClosed || wasClosed
                || isCharging, $"{name} at {nowMs} ms: closed against a condition");
            wasClosed = state.IsClosed;
        };
        CheckOfferChanges(name, runner.Run());
        return runner.Bench.CloseCount;
    }

    private static void CheckOfferChanges(string name, IReadOnlyList<ChargerScenarioEvent> events)
    {
        ChargerScenarioEvent before = null;
        foreach (ChargerScenarioEvent item in events.Where(e => e.DutyHundredths is not null))
        {
            bool isChange = before is not null && PilotDuty.IsPwm(before.DutyHundredths.Value)
                && PilotDuty.IsPwm(item.DutyHundredths.Value);
            Assert.IsTrue(!isChange
                || item.AtMs - before.AtMs >= 5_000, $"{name} at {item.AtMs} ms: offers changed within 5 s");
            before = item;
        }
    }
}

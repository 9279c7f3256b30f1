using System;
using System.Collections.Generic;
using MeterFirmware.Boards.Bench;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.ChargerSafety;

/// <summary>
/// Exhaustive exploration of the controller's own transition function. A slice varies the pilot (five levels), the
/// diode, the offer and the authorisation freely in every tick, and one or two disturbances beside them: alone always,
/// in all pairs under METER_LONG=1 (IEC).
/// </summary>
[TestClass]
public class ExhaustiveChargeTests
{
    private const int StatesMax = 3_000_000;

    /// <summary>So many disturbances go in pairs; those behind them take a path that one of these takes.</summary>
    private const int PairedCount = 14;

    /// <summary>A tick that comes too late.</summary>
    private const int LateMs = 200;

    private static readonly (string Name, Action<ChargeExplorerInput> Apply)[] _disturbances =
    [
        ("rcd ac", i => i.Inputs.AcTripped = true),
        ("rcd dc", i => i.IsDcTripped = true),
        ("earth lost", i => i.Inputs.EarthPresent = false),
        ("soft over-current", i => i.Inputs.CurrentMilliamps[1] = 30_000),
        ("hard over-current", i => i.Inputs.CurrentMilliamps[0] = 200_000),
        ("beyond breaking capacity", i => i.Inputs.CurrentMilliamps[0] = 900_000),
        ("over-voltage", i => i.Inputs.VoltageMillivolts[2] = 280_000),
        ("phase lost", i => i.Inputs.VoltageMillivolts[1] = 0),
        ("half derating", i => i.Inputs.TenthsCelsius = 660),
        ("too hot", i => i.Inputs.TenthsCelsius = 750),
        ("welded", i => i.Feedback = ChargerFeedback.Welded),
        ("stuck", i => i.Feedback = ChargerFeedback.Stuck),
        ("monitor ignores its test", i => i.IsMonitorDead = true),
        ("meter unreadable", i => i.Inputs.MeterReadable = false),
        ("pilot unreadable", i => i.Inputs.PilotReadable = false),
        ("internal", i => i.Inputs.IsInternalFault = true),
        ("late tick", i => i.ElapsedMs = LateMs),
        ("reset", i => i.Inputs.IsReset = true),
        ("monitor unreadable", i => i.Inputs.RcdReadable = false),
        ("temperature unreadable", i => i.Inputs.TemperatureReadable = false),
        ("feedback unreadable", i => i.Inputs.FeedbackReadable = false),
        ("cable gone", i => i.Inputs.CableOhms = int.MaxValue),
        ("under-voltage", i => i.Inputs.VoltageMillivolts[0] = 180_000),
        ("frequency", i => i.Inputs.FrequencyMillihertz = 44_000),
        ("profile rides through", i => Judge(i, 0, 150_000)),
        ("profile trips", i => Judge(i, ChargerFault.UnderVoltage, 150_000)),
        ("profile trips by frequency", i => Judge(i, ChargerFault.Frequency, 230_000)),
        ("profile and a surge", i => Judge(i, 0, 330_000)),
    ];

    public TestContext TestContext { get; set; }

    private static bool IsLong => Environment.GetEnvironmentVariable("METER_LONG") == "1";

    [TestMethod]
    [DataRow(ChargingStandard.Iec61851)]
    [DataRow(ChargingStandard.Gbt18487)]
    public void ClosedMeansChargingConditionsOrAnOrderlyStopInEveryReachableState(ChargingStandard standard)
    {
        long states = 0;
        long transitions = 0;
        long closed = 0;
        long calm = 0;
        foreach ((string name, int first, int second) in Slices(standard))
        {
            ChargeExplorer explorer = new(ChargeExplorer.ShortTimers(standard));
            explorer.Run(Inputs(first, second, IsLong && first == second), StatesMax);
            Assert.IsTrue(explorer.ClosedStateCount > 0, $"{name}: the exploration never closed the contactor");
            states += explorer.StateCount;
            transitions += explorer.TransitionCount;
            closed += explorer.ClosedStateCount;
            calm += explorer.CalmCount;
            TestContext.WriteLine(
                $"{name,-50} {explorer.StateCount,9} states {explorer.TransitionCount,12} transitions");
        }

        Assert.IsTrue(calm > 0, "no tick went the short way");
        string numbers = $"{states} states, {closed} closed, {transitions} transitions, {calm} the short way, "
            + "no violation";
        TestContext.WriteLine($"{standard}: {numbers}");
        Console.WriteLine($"exhaustive {standard}: {numbers}");
    }

    private static IEnumerable<(string Name, int First, int Second)> Slices(ChargingStandard standard)
    {
        // Pairs of disturbances touch nothing in which the standards differ: once is enough.
        bool hasPairs = IsLong && standard == ChargingStandard.Iec61851;
        for (int first = 0; first < _disturbances.Length; first++)
        {
            yield return (_disturbances[first].Name, first, first);
            for (int second = first + 1; hasPairs && second < PairedCount; second++)
            {
                yield return ($"{_disturbances[first].Name} + {_disturbances[second].Name}", first, second);
            }
        }
    }

    // A vehicle gives back, and its profile judges the mains.
    private static void Judge(ChargeExplorerInput input, int fault, int millivolts)
    {
        input.Inputs.IsMainsJudgedByProfile = true;
        input.Inputs.MainsFault = fault == 0 ? 0 : 1 << fault;
        input.Inputs.VoltageMillivolts[0] = millivolts;
    }

    private static List<ChargeExplorerInput> Inputs(int first, int second, bool isLong)
    {
        int[] levels = isLong ? [12_000, 9_000, 6_000, 3_000, 0, -12_000, 7_500] : [12_000, 9_000, 6_000, 3_000, 0];
        int[] offers = isLong ? [0, 10_000, 16_000] : [0, 16_000];
        List<ChargeExplorerInput> all = [];
        foreach (int level in levels)
        {
            foreach (int offer in offers)
            {
                for (int flags = 0; flags < 32; flags++)
                {
                    if ((flags & 16) != 0 && first == second)
                    {
                        continue;
                    }

                    // A late tick goes with everything in the long run, and is a disturbance of its own in the short
                    // one.
                    if ((flags & 4) != 0 && !isLong)
                    {
                        continue;
                    }

                    ChargeExplorerInput input = new() { ElapsedMs = (flags & 4) != 0 ? LateMs : 10 };
                    input.Inputs.HighMillivolts = level;
                    input.Inputs.LowMillivolts = (flags & 1) != 0 ? -6_000 : -12_000;
                    input.Inputs.LimitMilliamps = offer;
                    input.Inputs.IsAuthorized = (flags & 2) == 0;
                    if ((flags & 8) != 0)
                    {
                        _disturbances[first].Apply(input);
                    }

                    if ((flags & 16) != 0)
                    {
                        _disturbances[second].Apply(input);
                    }

                    all.Add(input);
                }
            }
        }

        return all;
    }
}

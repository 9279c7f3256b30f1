using System;
using System.Collections.Generic;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.ChargerSafety;

/// <summary>The short way through a tick does what the whole way does: two controllers side by side, one of which never
/// takes it.</summary>
[TestClass]
public class CalmTickTests
{
    private const int TickMs = 10;
    private const int RunTicks = 6_000;

    private static readonly Action<ChargeInputs>[] _disturbances =
    [
        i => i.PilotReadable = false, i => i.RcdReadable = false, i => i.AcTripped = true, i => i.DcTripped = true,
        i => i.EarthReadable = false, i => i.EarthPresent = false, i => i.TemperatureReadable = false,
        i => i.FeedbackReadable = false, i => i.FeedbackClosed = !i.FeedbackClosed, i => i.MeterReadable = false,
        i => i.IsReset = true, i => i.IsInternalFault = true, i => i.IsAuthorized = !i.IsAuthorized,
        i => i.IsMainsJudgedByProfile = true, i => Trip(i, ChargerFault.UnderVoltage),
        i => Trip(i, ChargerFault.Frequency),
    ];

    // Each input at and beside every edge that a rule has for it.
    private static readonly (Action<ChargeInputs, int> Set, int[] Edges)[] _edges =
    [
        ((i, v) => i.HighMillivolts = v,
        [
            12_000, 11_000, 10_900, 10_100, 10_000, 9_000, 8_000, 7_900, 7_100, 7_000, 6_000, 4_900, 4_100, 4_000,
            3_000, 1_900, 1_100, 1_000, 0, -6_000, -12_000,
        ]),
        ((i, v) => i.LowMillivolts = v, [-12_000, -10_500, -6_000]),
        ((i, v) => i.CableOhms = v, [0, 80, 100, 148, 220, 387, 680, 1_010, 1_500, 2_250, 1_000_000]),
        ((i, v) => i.TenthsCelsius = v, [250, 600, 650, 680, 710]),
        ((i, v) => i.FrequencyMillihertz = v, [0, 47_000, 50_000, 52_000, 56_400, 60_000, 62_400]),
        ((i, v) => i.VoltageMillivolts[0] = v, [0, 115_000, 184_000, 195_500, 230_000, 264_500, 310_500, 600_000]),
        ((i, v) => i.VoltageMillivolts[2] = v, [-1, 0, 115_000, 195_500, 230_000, 264_500, 310_500, 600_000]),
        ((i, v) => i.CurrentMilliamps[0] = v, [0, 500, 2_000, 7_150, 12_000, 18_150, 33_000, 48_000, 20_000_000]),
        ((i, v) => i.CurrentMilliamps[1] = v, [-1, 0, 500, 2_000, 7_150, 18_150, 33_000, 48_000, 120_000]),
        ((i, v) => i.LimitMilliamps = v, [0, 6_000, 10_000, 16_000, 20_000, 32_000, 63_000, 80_000, 1_000_000]),
    ];

    [TestMethod]
    [DataRow(ChargingStandard.Iec61851, false)]
    [DataRow(ChargingStandard.Iec61851, true)]
    [DataRow(ChargingStandard.Gbt18487, false)]
    [DataRow(ChargingStandard.Gbt18487, true)]
    public void BothWaysRememberTheSameAfterEveryTick(ChargingStandard standard, bool isShort)
    {
        int runCount = LongRun.IsAsked ? 400 : 12;
        long calm = 0;
        for (int seed = 1; seed <= runCount; seed++)
        {
            SafetySettings settings = Settings(standard, isShort, seed);
            Ways ways = new(settings);
            Random random = new(seed * 7 + (int)standard);
            ChargeInputs inputs = new() { IsAuthorized = false };
            for (int tick = 0; tick < RunTicks; tick++)
            {
                Live(inputs, random, ways.ShortWay.State);
                Action<ChargeInputs> undo = Disturb(inputs, random);
                ways.Tick(inputs, random.Next(40) == 0 ? random.Next(0, 140) : TickMs, $"seed {seed}, tick {tick}");
                undo(inputs);
            }

            calm += ways.CalmCount;
        }

        long ticks = (long)runCount * RunTicks;
        Assert.IsTrue(calm > ticks / 10, $"only {calm} of {ticks} ticks went the short way");
    }

    [TestMethod]
    [DataRow(ChargingStandard.Iec61851)]
    [DataRow(ChargingStandard.Gbt18487)]
    public void EveryWindowEndsWhereARuleBegins(ChargingStandard standard)
    {
        foreach ((string name, int[] from, ChargeInputs calm) in CalmStates(standard))
        {
            Ways ways = new(Settings(standard, false, 0));
            ways.Load(from, calm);
            ways.Tick(calm, TickMs, name);
            Assert.AreEqual(1, ways.CalmCount, $"{name} is no calm state");
            foreach ((Action<ChargeInputs, int> set, int[] edges) in _edges)
            {
                foreach (int edge in edges)
                {
                    for (int value = edge - 1; value <= edge + 1; value++)
                    {
                        ChargeInputs inputs = Copy(calm);
                        set(inputs, value);
                        ways.Load(from, calm);
                        ways.Tick(inputs, TickMs, $"{name}, {edge} at {value}");
                        ways.Compare($"{name}, {edge} at {value}");
                    }
                }
            }

            foreach (Action<ChargeInputs> disturb in _disturbances)
            {
                ChargeInputs inputs = Copy(calm);
                disturb(inputs);
                ways.Load(from, calm);
                ways.Tick(inputs, TickMs, $"{name}, disturbed");
                Assert.IsFalse(ways.WasCalm, $"{name}: a disturbance went the short way");
            }
        }
    }

    [TestMethod]
    public void WhatIsAskedForBetweenTwoTicksIsNotPassedOver()
    {
        Action<ChargeController>[] requests =
        [
            c => c.TryTestMonitor(), c => c.RestoreWeld(), c => c.MakeSafe(true, 0), c => c.MakeSafe(false, 0),
        ];
        foreach ((string name, int[] from, ChargeInputs calm) in CalmStates(ChargingStandard.Iec61851))
        {
            foreach (Action<ChargeController> request in requests)
            {
                Ways ways = new(Settings(ChargingStandard.Iec61851, false, 0));
                ways.Load(from, calm);
                for (int tick = 0; tick < 7; tick++)
                {
                    ways.Tick(calm, TickMs, name);
                }

                request(ways.ShortWay);
                request(ways.WholeWay);
                ways.Compare($"{name}, a request");
                for (int tick = 0; tick < 100; tick++)
                {
                    ways.Tick(calm, TickMs, $"{name}, tick {tick} behind a request");
                }
            }
        }
    }

    private static void Trip(ChargeInputs inputs, int fault)
    {
        inputs.IsMainsJudgedByProfile = true;
        inputs.MainsFault = 1 << fault;
    }

    // Idle; plugged in without permission; offered; charging.
    private static List<(string Name, int[] State, ChargeInputs Inputs)> CalmStates(ChargingStandard standard)
    {
        List<(string, int[], ChargeInputs)> states = [];
        Ways ways = new(Settings(standard, false, 0));
        ChargeInputs inputs = new() { IsAuthorized = false };
        foreach ((string name, int millivolts, bool isAuthorized, int milliamps) in new[]
        {
            ("idle", 12_000, false, 0), ("plugged in", 9_000, false, 0), ("offered", 9_000, true, 0),
            ("charging", 6_000, true, 12_000), ("charging", 6_000, true, 15_000),
        })
        {
            inputs.HighMillivolts = millivolts;
            inputs.IsAuthorized = isAuthorized;
            for (int tick = 0; tick < 1_000; tick++)
            {
                bool isClosed = ways.ShortWay.IsClosed;
                inputs.CurrentMilliamps[0] = isClosed ? milliamps : 0;
                inputs.FeedbackClosed = isClosed;
                inputs.DcTripped = ways.ShortWay.IsTestDriven;
                ways.Tick(inputs, TickMs, name);
            }

            int[] state = new int[ChargeState.Length];
            ways.ShortWay.State.Save(state);
            states.Add((name, state, Copy(inputs)));
        }

        return states;
    }

    private static SafetySettings Settings(ChargingStandard standard, bool isShort, int seed)
    {
        SafetySettings settings = isShort ? ChargeExplorer.ShortTimers(standard) : SafetySettings.For(standard);
        settings.PhaseCount = seed % 5 == 1 ? 1 : 3;
        settings.NominalMillihertz = seed % 3 == 1 ? 50_000 : 0;
        settings.ReadsCable = seed % 2 == 0;
        settings.AllowsVentilation = seed % 4 != 3;
        settings.OffersDigitalCommunication = seed % 7 == 3;
        settings.StationMilliampsMax = seed % 6 == 5 ? 16_000 : settings.StationMilliampsMax;
        if (seed % 2 == 1)
        {
            // The pauses of days within the seconds of a run.
            settings.SelfTestPeriodMs = 7_000;
            settings.NewVehicleMs = 2_000;
            settings.ClosingPeriodMs = 6_000;
            settings.LeastOffMs = 3_000;
            settings.WakeAfterMs = 3_000;
        }

        return settings;
    }

    // A vehicle and a driver that change their mind now and then.
    private static void Live(ChargeInputs inputs, Random random, ChargeState state)
    {
        if (random.Next(250) == 0)
        {
            int[] pilots = [12_000, 9_000, 6_000, 6_000, 6_000, 3_000];
            inputs.HighMillivolts = pilots[random.Next(pilots.Length)];
        }

        if (random.Next(300) == 0)
        {
            // What stayed out of its place is mended, and a person says so.
            int pilot = inputs.HighMillivolts;
            bool isAuthorized = inputs.IsAuthorized;
            CopyTo(new ChargeInputs { HighMillivolts = pilot, IsAuthorized = isAuthorized, IsReset = true }, inputs);
        }

        inputs.IsAuthorized = random.Next(600) == 0 ? random.Next(4) > 0 : inputs.IsAuthorized;
        inputs.LimitMilliamps = random.Next(500) == 0 ? random.Next(4) * 8_000 : inputs.LimitMilliamps;
        inputs.FeedbackClosed = state.IsClosed;
        inputs.DcTripped = state.SelfTest == ChargeState.TestDriven;
        int grant = state.GrantMilliamps;
        for (int phase = 0; phase < ChargeInputs.PhaseCountMax; phase++)
        {
            inputs.CurrentMilliamps[phase] = state.IsClosed ? grant - random.Next(300) : random.Next(20);
            inputs.VoltageMillivolts[phase] = 229_000 + random.Next(2_000);
        }
    }

    // Now and then one input leaves its place for a tick or two. What is returned puts it back.
    private static Action<ChargeInputs> Disturb(ChargeInputs inputs, Random random)
    {
        ChargeInputs before = Copy(inputs);
        if (random.Next(120) > 0)
        {
            return i => i.IsReset = false;
        }

        if (random.Next(4) == 0)
        {
            _disturbances[random.Next(_disturbances.Length)](inputs);
        }
        else
        {
            (Action<ChargeInputs, int> set, int[] edges) = _edges[random.Next(_edges.Length)];
            set(inputs, edges[random.Next(edges.Length)] + random.Next(-1, 2));
        }

        // A few stay for as long as nothing else moves them.
        return random.Next(8) == 0 ? i => i.IsReset = false : i => CopyTo(before, i);
    }

    private static ChargeInputs Copy(ChargeInputs inputs)
    {
        ChargeInputs copy = new();
        CopyTo(inputs, copy);
        return copy;
    }

    private static void CopyTo(ChargeInputs from, ChargeInputs to)
    {
        foreach (System.Reflection.FieldInfo field in typeof(ChargeInputs).GetFields())
        {
            if (field.FieldType == typeof(int[]))
            {
                Array.Copy((int[])field.GetValue(from), (int[])field.GetValue(to), ChargeInputs.PhaseCountMax);
            }
            else if (!field.IsStatic)
            {
                field.SetValue(to, field.GetValue(from));
            }
        }
    }

    /// <summary>Two controllers with the same inputs.</summary>
    private sealed class Ways
    {
        // To look settles the ages: seldom enough for ticks that owe them.
        private const int CalmTicksPerLook = 37;

        private readonly ChargerEventLog _events = new(16);
        private readonly ChargerEventLog _wholeEvents = new(16);
        private readonly int[] _numbers = new int[ChargeState.Length];
        private readonly int[] _wholeNumbers = new int[ChargeState.Length];
        private long _nowMs;

        public Ways(SafetySettings settings)
        {
            ShortWay = new ChargeController(settings, _events);
            WholeWay = new ChargeController(settings, _wholeEvents);
        }

        public ChargeController ShortWay { get; }

        public ChargeController WholeWay { get; }

        public long CalmCount { get; private set; }

        public bool WasCalm { get; private set; }

        /// <summary>Puts both into a state, which both have said the name of.</summary>
        public void Load(int[] numbers, ChargeInputs calm)
        {
            foreach (ChargeController way in new[] { ShortWay, WholeWay })
            {
                way.State.Load(numbers);
                way.State.Calm = ChargeState.IsNotCalm;
                way.Tick(calm, _nowMs);
                way.State.Load(numbers);
            }

            for (; _events.Count > 0; _events.RemoveFirst())
            {
            }

            for (; _wholeEvents.Count > 0; _wholeEvents.RemoveFirst())
            {
            }
        }

        public void Tick(ChargeInputs inputs, int elapsedMs, string place)
        {
            _nowMs += elapsedMs;
            ShortWay.Tick(inputs, _nowMs);
            WholeWay.State.Calm = ChargeState.IsNotCalm;
            WholeWay.Tick(inputs, _nowMs);
            WasCalm = ShortWay.State.Calm == ChargeState.IsCalm;
            CalmCount += WasCalm ? 1 : 0;
            if (!WasCalm || CalmCount % CalmTicksPerLook == 0)
            {
                Compare(place);
            }

            Assert.AreEqual(WholeWay.CurrentMilliampsMax, ShortWay.CurrentMilliampsMax, place);
            Assert.AreEqual(WholeWay.ImmediateFaults(), ShortWay.ImmediateFaults(), place);
            Assert.AreEqual(_wholeEvents.Count, _events.Count, place);
            for (; _events.Count > 0; _events.RemoveFirst(), _wholeEvents.RemoveFirst())
            {
                Assert.AreEqual(_wholeEvents.FirstKind, _events.FirstKind, place);
                Assert.AreEqual(_wholeEvents.FirstValue, _events.FirstValue, place);
            }
        }

        public void Compare(string place)
        {
            ShortWay.State.Save(_numbers);
            WholeWay.State.Save(_wholeNumbers);
            for (int i = 0; i < _numbers.Length; i++)
            {
                if (_numbers[i] != _wholeNumbers[i])
                {
                    Assert.Fail($"{place}: number {i} is {_numbers[i]}, the whole way makes {_wholeNumbers[i]}");
                }
            }
        }
    }
}

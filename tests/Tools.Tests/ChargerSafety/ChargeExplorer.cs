using System;
using System.Collections.Generic;
using System.Numerics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;

namespace MeterFirmware.Tools.Tests.ChargerSafety;

/// <summary>
/// Walks every state that the controller's own Tick can reach from start under every combination of the given inputs:
/// breadth first over <see cref="ChargeState.Save"/>. Timers are abstracted twice: the configuration shortens each to
/// a few ticks, and an age beyond the longest threshold counts as that threshold.
/// </summary>
internal sealed class ChargeExplorer
{
    private const int TickMs = 10;

    private readonly SafetySettings _settings;
    private readonly ChargeController _controller;
    private readonly ChargerEventLog _events = new(8);
    private readonly HashSet<UInt128> _seen = [];
    private readonly Queue<short[]> _frontier = new();
    private readonly int[] _numbers = new int[ChargeState.Length];
    private readonly int[] _wholeWay = new int[ChargeState.Length];
    private readonly ChargeInvariants _invariants;
    private long _nowMs;

    public ChargeExplorer(SafetySettings settings)
    {
        _settings = settings;
        _controller = new ChargeController(settings, _events);
        _invariants = new ChargeInvariants(_controller, settings);

        // The first tick has no tick before it; take it healthy, so that every later one has the elapsed time we
        // choose.
        _controller.Tick(new ChargeInputs(), 0);
    }

    public int StateCount => _seen.Count;

    public long TransitionCount { get; private set; }

    public long ClosedStateCount { get; private set; }

    /// <summary>Transitions that went the short way, each compared with the whole way.</summary>
    public long CalmCount { get; private set; }

    /// <summary>Explores; <paramref name="inputs"/> are all combinations, each with the time since the tick
    /// before.</summary>
    public void Run(IReadOnlyList<ChargeExplorerInput> inputs, int statesMax)
    {
        _controller.State.Save(_numbers);
        Visit();
        int[] from = new int[ChargeState.Length];
        while (_frontier.Count > 0)
        {
            short[] packed = _frontier.Dequeue();
            Unpack(packed, from);
            foreach (ChargeExplorerInput input in inputs)
            {
                _controller.State.Load(from);
                _invariants.Load(packed[^2], packed[^1]);
                _invariants.Before();
                Step(input);
                TransitionCount++;
                string broken = _invariants.Broken(input.Inputs, input.ElapsedMs);
                if (broken is not null)
                {
                    throw new InvalidOperationException($"{broken}; from [{string.Join(",", from)}]");
                }

                _controller.State.Save(_numbers);
                CompareWays(from, input);
                Visit();
            }

            if (_seen.Count > statesMax)
            {
                throw new InvalidOperationException($"more than {statesMax} states: the exploration is not exhaustive");
            }
        }
    }

    private void CompareWays(int[] from, ChargeExplorerInput input)
    {
        ChargeState state = _controller.State;
        if (state.Calm != ChargeState.IsCalm)
        {
            return;
        }

        CalmCount++;
        state.Load(from);
        state.Calm = ChargeState.IsNotCalm;
        Step(input);
        state.Save(_wholeWay);
        if (!_numbers.AsSpan().SequenceEqual(_wholeWay))
        {
            throw new InvalidOperationException(
                $"the short way is another; from [{string.Join(",", from)}] to [{string.Join(",", _numbers)}]");
        }
    }

    private void Step(ChargeExplorerInput input)
    {
        while (_events.Count > 0)
        {
            _events.RemoveFirst();
        }

        // What the world answers to the state itself: the contact follows its drive, the monitor its test winding.
        ChargeInputs inputs = input.Inputs;
        inputs.FeedbackClosed = input.Feedback switch
        {
            ChargerFeedback.Welded => true,
            ChargerFeedback.Stuck => false,
            _ => _controller.State.IsClosed,
        };
        inputs.DcTripped = input.IsDcTripped || (_controller.IsTestDriven && !input.IsMonitorDead);
        _nowMs += input.ElapsedMs;
        _controller.Tick(inputs, _nowMs);
    }

    private void Visit()
    {
        // Two more numbers are the invariants' own memory: how long charging has not held, how long state F has.
        short[] packed = new short[_numbers.Length + 2];
        packed[^2] = (short)_invariants.SinceHeldMs;
        packed[^1] = (short)_invariants.StateFMs;
        ulong high = 0xCBF2_9CE4_8422_2325;
        ulong low = 0x9E37_79B9_7F4A_7C15;
        for (int i = 0; i < packed.Length; i++)
        {
            packed[i] = i < _numbers.Length ? Pack(i, _numbers[i]) : packed[i];
            high = (high ^ (ushort)packed[i]) * 0x0000_0100_0000_01B3;
            low = BitOperations.RotateLeft(low + (ushort)packed[i], 23) * 0xD6E8_FEB8_6659_FD93;
        }

        if (_seen.Add(new UInt128(high, low)))
        {
            _frontier.Enqueue(packed);
            ClosedStateCount += _controller.State.IsClosed ? 1 : 0;
        }
    }

    // Which number is what is ChargeState.Save's order. An age counts up to the highest threshold that any rule has for
    // it, and not at all where no rule reads it; both only merge states that behave alike from there on.
    private short Pack(int index, int value)
    {
        ChargeState s = _controller.State;
        bool isOffering = s.IsPwm || s.IsWaking;
        switch (index)
        {
            case 1: return (short)(value & Mask(4));
            case 2: return (short)(value & Mask(1));
            case 3: return (short)Math.Min(value, _settings.PilotWindowSamples);
            case 6: return Age(value, 20);
            case 7: return (short)(value / 1_000);
            case 8: return (short)(s.DecreaseAgeMs < 10 || s.IsStopping ? value / 1_000 : 0);
            case 9: return Age(value, 10);
            case 11 or 12 or 16: return (short)(isOffering ? value : 0);
            case 13: return isOffering ? Age(value, 30) : (short)0;
            case 14: return s.IsConnected ? Age(value, 40) : (short)0;
            case 18: return Age(value, 30);
            case 19: return s.IsReady ? Age(value, 10) : (short)0;
            case 21: return s.IsStopping ? Age(value, 30) : (short)0;
            case 23: return s.SelfTest == ChargeState.TestNeeded ? (short)0 : Age(value, 50);
            case 25: return Age(value, 10);
            case 27: return (short)InternFaults(value);
            case 28: return (short)(value / 1_000);
            case 29: return Age(value, 10);
            case 30: return (short)(s.SelfTest == ChargeState.TestPassed && !s.IsClosed ? value : 0);
            case 31: return (short)(_settings.Standard == ChargingStandard.Gbt18487 ? value : 0);
            case 32: return Age(value, 20);
            case 34: return (short)(value / 1_000);
            case 36: return Age(value, 10);
            case 37 or 38 or 40 or 41: return 0;
            case 44 or 46 or 47 or 48: return 0;
            case 49: return Age(value, 10);
            default: return index >= ChargeState.FaultsFrom ? Age(value, 20) : (short)value;
        }
    }

    private static short Age(int value, int max) => (short)Math.Min(value, max);

    private int Mask(int bitsPerSample) => (1 << (bitsPerSample * Math.Min(_settings.PilotWindowSamples, 3))) - 1;

    private readonly List<int> _faultSets = [];

    private int InternFaults(int faults)
    {
        int index = _faultSets.IndexOf(faults);
        if (index < 0)
        {
            _faultSets.Add(faults);
            index = _faultSets.Count - 1;
        }

        return index;
    }

    private void Unpack(short[] packed, int[] numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = i is 7 or 8 or 28 or 34 ? packed[i] * 1_000 : i == 27 ? _faultSets[packed[i]] : packed[i];
        }
    }

    /// <summary>The standard's configuration with every timer a few ticks long, and in the same order as the real
    /// ones.</summary>
    public static SafetySettings ShortTimers(ChargingStandard standard)
    {
        SafetySettings c = SafetySettings.For(standard);
        c.PilotWindowSamples = 1;
        c.PilotAgreeSamples = 1;
        c.PlugOutMs = 2 * TickMs;
        c.DiodeSettleMs = TickMs;
        c.ReadySettleMs = TickMs;
        c.ReclosePauseMs = 2 * TickMs;
        c.PulsedSettleMs = TickMs;
        c.InrushMs = TickMs;
        c.HardOverVoltageMs = TickMs;

        // What only delays a closing or lowers an offer, over minutes and hours, never binds here: ContactorRuleTests
        // has the rule.
        c.FreeClosings = int.MaxValue;
        c.WakeUpsMax = int.MaxValue;
        c.CurrentRetryCountMax = 0;
        c.DiodeRetryCountMax = 0;
        c.SagStepMs = int.MaxValue;
        c.SagHoldMs = TickMs;
        c.NominalMillihertz = 50_000;
        c.OrderlyStopMs = 3 * TickMs;
        c.OfferChangeMs = 2 * TickMs;
        c.WakeAfterMs = 3 * TickMs;
        c.WakeHoldMs = 3 * TickMs;
        c.WakePluggedMs = 4 * TickMs;
        c.StateFHoldMs = 2 * TickMs;
        c.CableSettleMs = TickMs;
        c.SelfTestMs = 2 * TickMs;
        c.SelfTestPeriodMs = 5 * TickMs;
        c.IecOverCurrentMs = 2 * TickMs;
        c.GbtOverCurrentMs = 2 * TickMs;
        c.OverCurrentGraceMs = TickMs;
        c.HardOverCurrentMs = TickMs;
        c.MainsFaultMs = TickMs;
        c.PhaseLossMs = TickMs;
        c.TemperatureHoldMs = TickMs;
        c.WeldMs = 2 * TickMs;
        c.StuckMs = 2 * TickMs;
        c.FeedbackHoldMs = TickMs;
        c.MeterFaultMs = 2 * TickMs;
        c.UnreadableMs = TickMs;
        c.PilotClearMs = TickMs;
        c.EarthClearMs = TickMs;
        c.MainsClearMs = TickMs;
        c.LoopStallClearMs = TickMs;
        c.InternalClearMs = TickMs;
        c.LatchClearMs = TickMs;
        return c;
    }
}

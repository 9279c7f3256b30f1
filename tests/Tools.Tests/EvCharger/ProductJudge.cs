using System;
using System.Collections.Generic;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.EvCharger;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>
/// What a charger must hold in every millisecond, written anew from facts/ev-charging.md and the house's wear rule, and
/// judged by what stands on the bench: the pilot's own level, coil, contacts, currents, lock.
/// Never by the product's state.
/// </summary>
internal sealed class ProductJudge
{
    // IEC 61851-1 Table A.6, sequence 8.1.
    private const int OpenWithinMs = 100;

    // Sequence 10.2, and the tick that sees it.
    private const int OrderlyStopMs = 6_000 + 2 * ProductExplorer.TolerableTickMs;

    // Sequence 6: an offer stands for at least 5 s; the product may need 100 ms to hear of a limit.
    private const int OfferWindowMs = 5_000 + 100 + 2 * ProductExplorer.TolerableTickMs;
    private const int HearMs = 100 + 2 * ProductExplorer.TolerableTickMs;

    // Soft over-current: 7 s, the grace of 6 s after a decrease, and an orderly stop.
    private const int OverCurrentMsMax = 7_000 + 6_000 + OrderlyStopMs;

    // The wear rule; the filter of slow ticks sees a plug 0.4 s late.
    private const int FreeClosings = 3;
    private const int ClosingPeriodMs = 900_000;
    private const int LeastOffMs = 180_000;
    private const int FilterMs = 480;
    private const int NewVehicleMs = 10_000 - FilterMs;
    private const int PlugOutMs = 1_000 - FilterMs;
    private const int WakeUpsMax = 3;

    private const int IdleMs = 61_000;
    private const int ConnectedMillivoltsMax = 10_000;

    private readonly SimulatedCharger _charger;
    private readonly SafetySettings _settings;
    private readonly ExplorerLock _lock;
    private readonly Queue<(long AtMs, int Milliamps)> _told = new();
    private int _level;
    private int _commandMilliamps;
    private long _commandUntilMs;
    private long _lastTickMs;
    private long _quietUntilMs;
    private long _askedMs;
    private long _stoppedMs = long.MaxValue;
    private long _toldEnoughMs;
    private long _earthSeenMs;
    private long _closedMs = long.MinValue / 2;
    private long _openedMs = long.MinValue / 2;
    private long _contactsClosedMs;
    private long _idleMs;
    private int _lastTold;
    private int _outMs;
    private int _inMs;
    private int _overMs;
    private int _visitClosings;
    private int _wakeUps;
    private bool _wasCoilOn;
    private bool _wasLow;
    private bool _mayBeLatched;
    private bool _hadTrip;

    public ProductJudge(SimulatedCharger charger, SafetySettings settings, ExplorerLock connectorLock)
    {
        _charger = charger;
        _settings = settings;
        _lock = connectorLock;
    }

    public long Closings { get; private set; }

    public long Trips { get; private set; }

    public long WaitedForWear { get; private set; }

    public long WakeUps { get; private set; }

    /// <summary>The longest time closed after the vehicle stopped asking, stalls aside.</summary>
    public int LongestMs { get; private set; }

    private bool IsAsking => _level == 6_000 || (_level == 3_000 && _settings.AllowsVentilation);

    private bool IsConnected => _level is >= 3_000 and <= ConnectedMillivoltsMax;

    public void NoteLimit(int milliamps, long untilMs)
    {
        _commandMilliamps = milliamps;
        _commandUntilMs = untilMs;
    }

    public void NoteStop(long nowMs) => _stoppedMs = nowMs;

    /// <summary>A person at the charger: no latch holds any more, but for a cause that still stands.</summary>
    public void NoteReset()
    {
        _mayBeLatched = false;
        _overMs = 0;
    }

    /// <summary>A charger that starts anew knows nothing of closings and commands.</summary>
    public void NoteOutage()
    {
        _commandUntilMs = 0;
        _visitClosings = 0;
        _wakeUps = 0;
        _mayBeLatched = false;
        _hadTrip = false;
        _wasCoilOn = false;
        _wasLow = false;
        _stoppedMs = long.MaxValue;
        _lastTickMs = _charger.Clock.NowMs;
        _quietUntilMs = _lastTickMs + OfferWindowMs;
        _overMs = 0;
        _askedMs = _lastTickMs;
        _closedMs = long.MinValue / 2;
        _openedMs = long.MinValue / 2;
    }

    /// <summary>Before the tick of this millisecond: what the world is like.</summary>
    public void Observe(long nowMs, int level)
    {
        _level = level;
        _askedMs = IsAsking ? nowMs : _askedMs;
        _outMs = IsConnected ? _outMs : _outMs + 1;
        _inMs = IsConnected ? _inMs + 1 : 0;
        if (_inMs >= FilterMs)
        {
            _outMs = 0;
        }

        if (_outMs >= PlugOutMs)
        {
            _mayBeLatched = false;
            _wakeUps = 0;
            _stoppedMs = long.MaxValue;
        }

        if (_outMs >= NewVehicleMs)
        {
            _visitClosings = 0;
        }

        bool isTripped = _charger.Bench.IsTripped;
        Trips += isTripped && !_hadTrip ? 1 : 0;
        _hadTrip = isTripped;
        _earthSeenMs = _charger.Bench.EarthPresent ? nowMs : _earthSeenMs;
        int told = nowMs < _commandUntilMs ? _commandMilliamps : _charger.Product.Limits.Ceiling.Commissioned;
        told = Math.Min(told, _charger.Product.Limits.Ceiling.Value);
        if (_told.Count == 0 || _lastTold != told)
        {
            _lastTold = told;
            _told.Enqueue((nowMs, told));
        }

        _toldEnoughMs = told >= 6_000 ? nowMs : _toldEnoughMs;
    }

    /// <summary>A tick of the product has run.</summary>
    public void NoteTick(long nowMs)
    {
        if (nowMs - _lastTickMs > ProductExplorer.TolerableTickMs)
        {
            _quietUntilMs = nowMs + OfferWindowMs;
        }

        _lastTickMs = nowMs;
    }

    /// <summary>After everything of this millisecond.</summary>
    public void Check(long nowMs)
    {
        ChargerBench bench = _charger.Bench;
        bool isInStall = nowMs - _lastTickMs > ProductExplorer.TolerableTickMs
            || nowMs - (_quietUntilMs - OfferWindowMs) < OpenWithinMs;
        if (bench.IsCoilOn && !_wasCoilOn)
        {
            CheckClosing(nowMs);
        }
        else if (!bench.IsCoilOn && _wasCoilOn)
        {
            _openedMs = nowMs;
        }

        _wasCoilOn = bench.IsCoilOn;
        if (bench.IsCoilOn)
        {
            CheckClosed(nowMs, isInStall);
        }

        // The latch begins when a tick has seen the trip.
        _mayBeLatched |= bench.IsTripped && nowMs == _lastTickMs;
        CheckOffer(nowMs, bench);
        if (_lock is not null)
        {
            Require(_lock.IsLocked || !bench.AreContactsClosed, nowMs, "the plug is free and the contacts are closed");
        }

        CheckStatus(nowMs, bench);
    }

    private void CheckClosing(long nowMs)
    {
        ChargerBench bench = _charger.Bench;
        Closings++;
        Require(IsAsking, nowMs, $"closed at {_level} mV");
        Require(ToldMilliamps(bench.DutyHundredths) > 0, nowMs, $"closed at a duty of {bench.DutyHundredths}");
        Require(bench.EarthPresent, nowMs, "closed without earth");
        Require(!bench.IsTripped && !_mayBeLatched, nowMs, "closed under a residual-current latch");
        Require(_lock is null || _lock.IsLocked, nowMs, "closed with a free plug");
        Require(nowMs < _stoppedMs, nowMs, "closed after a stop");
        if (_visitClosings >= FreeClosings)
        {
            WaitedForWear++;
            long periodMs = nowMs - _closedMs;
            long offMs = nowMs - _openedMs;
            Require(periodMs >= ClosingPeriodMs, nowMs, $"closed {periodMs} ms after the closing before");
            Require(offMs >= LeastOffMs, nowMs, $"closed {offMs} ms after the opening");
        }

        _visitClosings++;
        _closedMs = nowMs;
        _contactsClosedMs = nowMs;
        _idleMs = 0;
    }

    private void CheckClosed(long nowMs, bool isInStall)
    {
        ChargerBench bench = _charger.Bench;
        int sinceMs = (int)(nowMs - _askedMs);
        int guardMs = isInStall ? ChargerBench.GuardMs : 0;

        // In a stall the tick-alive circuit opens in the loop's place.
        Require(sinceMs <= OpenWithinMs + guardMs, nowMs, $"closed {sinceMs} ms after the vehicle stopped asking");
        LongestMs = isInStall ? LongestMs : Math.Max(LongestMs, sinceMs);
        Require(!bench.IsTripped, nowMs, "closed under residual current");
        Require(nowMs - _earthSeenMs <= ProductExplorer.TolerableTickMs + guardMs, nowMs, "closed without earth");
        Require(nowMs - _stoppedMs <= OrderlyStopMs + HearMs + guardMs, nowMs, "closed after a stop");
        Require(nowMs - _toldEnoughMs <= OrderlyStopMs + HearMs + guardMs, nowMs, "closed below 6 A");
        CheckCurrent(nowMs);
    }

    private void CheckCurrent(long nowMs)
    {
        // What was told in the last half minute bounds what may be drawn for long:
        // IEC (I + 0.5 A) × 1.1, GB/T 2 A or 1.1.
        int told = 0;
        foreach ((long _, int milliamps) in Recent(nowMs, 2 * OverCurrentMsMax))
        {
            told = Math.Max(told, milliamps);
        }

        int current = _charger.Bench.AreContactsClosed ? _charger.Bench.LineMilliamps[0] : 0;
        bool isOver = current > told + Math.Max(2_000, told / 8);
        _overMs = isOver ? _overMs + 1 : Math.Max(0, _overMs - 1);
        bool isBorne = _overMs <= OverCurrentMsMax || nowMs < _quietUntilMs;
        Require(isBorne, nowMs, $"{current} mA for {_overMs} ms at {told} mA");
    }

    private void CheckOffer(long nowMs, ChargerBench bench)
    {
        bool isLow = bench.DutyHundredths == 0;
        if (isLow && !_wasLow)
        {
            _wakeUps++;
            WakeUps++;
            Require(_wakeUps <= WakeUpsMax, nowMs, $"wake-up {_wakeUps} of a visit");
        }

        _wasLow = isLow;
        int told = ToldMilliamps(bench.DutyHundredths);
        if (told == 0 || nowMs < _quietUntilMs || nowMs - _lastTickMs > ProductExplorer.TolerableTickMs)
        {
            return;
        }

        Require(nowMs - _stoppedMs <= HearMs, nowMs, "an offer after a stop");
        Require(nowMs - _toldEnoughMs <= HearMs, nowMs, "an offer below 6 A");
        int most = 0;
        foreach ((long _, int milliamps) in Recent(nowMs, OfferWindowMs))
        {
            most = Math.Max(most, milliamps);
        }

        Require(told <= most + 100, nowMs, $"{told} mA are offered of {most}");
    }

    private void CheckStatus(long nowMs, ChargerBench bench)
    {
        _idleMs = bench.AreContactsClosed && bench.LineMilliamps[0] < 400 && nowMs >= _quietUntilMs ? _idleMs + 1 : 0;
        bool isIdle = _idleMs >= IdleMs;
        Require(!isIdle || _charger.Product.Status != ConnectorStatus.Charging, nowMs,
            "a minute without current is no charging");
    }

    // What was told within the window, and what stood when it began.
    private IEnumerable<(long AtMs, int Milliamps)> Recent(long nowMs, int windowMs)
    {
        while (_told.Count > 64)
        {
            _told.Dequeue();
        }

        (long AtMs, int Milliamps) before = default;
        foreach ((long AtMs, int Milliamps) entry in _told)
        {
            if (entry.AtMs <= nowMs - windowMs)
            {
                before = entry;
            }
            else
            {
                yield return entry;
            }
        }

        yield return before;
    }

    /// <summary>IEC 61851-1 Table A.8, in the range that these runs use, written apart from the firmware's.</summary>
    public static int ToldMilliamps(int dutyHundredths) => dutyHundredths switch
    {
        < 800 or > 9_700 => 0,
        < 1_000 => 6_000,
        <= 8_500 => dutyHundredths * 6,
        _ => (dutyHundredths - 6_400) * 25,
    };

    private static void Require(bool holds, long nowMs, string what)
    {
        if (!holds)
        {
            throw new AssertFailedException($"at {nowMs} ms: {what}");
        }
    }
}

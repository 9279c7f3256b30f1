using System;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Metering;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>
/// One random run of the whole charger on its bench, millisecond by millisecond: moments of ticks of 5 to 60 ms, stalls
/// up to 30 s, a pilot that goes where it likes or a vehicle that obeys, a line that sags, limits, stops, outages.
/// Everything that protects, delays or retries is on, as in a charger that is sold. <see cref="ProductJudge"/> says
/// what must hold.
/// </summary>
internal sealed class ProductExplorer
{
    /// <summary>A longer tick is a stall: SafetySettings.TickMs and TickLateMsMax together.</summary>
    public const int TolerableTickMs = 60;

    private const int StallMsMax = 30_000;
    private const int ReactMs = 1_200;

    // A loop that is slow for two seconds offers nothing (LoopMonitor): it is slow for moments, as a board is.
    private const int StallOneIn = 3_000;
    private const int SlowOneIn = 1_500;
    private const int SlowMsMax = 1_200;

    // The gap of A and B (10.5 V) is among them, and of 3 V and the gap below it one: there 1.5 V would be a neighbour.
    // The vehicle asks most often.
    private static readonly int[] _levels = [12_000, 10_500, 9_000, 9_000, 6_000, 6_000, 6_000, 6_000, 0, -12_000];

    // A plug that is out for longer brings a new vehicle, with free closings: seldom, so that the wear rule is at work.
    private const int LoosePlugMsMax = 8_000;

    private readonly Random _random;
    private readonly SimulatedCharger _charger;
    private readonly ExplorerLock _lock;
    private readonly GridPoint _grid;
    private readonly ProductJudge _judge;
    private readonly bool _obeys;
    private readonly bool _sleeps;
    private readonly int _oddLevel;
    private readonly int _tickMsMin;
    private readonly int _tickMsMax;
    private readonly int _levelMsMax;
    private readonly int _runMs;
    private int _drawnMilliamps = -1;
    private int _addedMilliamps;
    private int _level = 12_000;
    private long _nextTickMs;
    private long _nextLevelMs;
    private long _nextEventMs;
    private long _noiseUntilMs;
    private long _slowUntilMs;
    private long _offeredMs;
    private long _endedMs;

    public ProductExplorer(ChargingStandard standard, int seed, int runMs, int levelMsMax)
    {
        _random = new Random(seed);
        _runMs = runMs;
        _levelMsMax = levelMsMax;
        _lock = _random.Next(2) == 0 ? new ExplorerLock() : null;
        _grid = _random.Next(2) == 0 ? new GridPoint { HouseWatts = 500, SolarWatts = 5_000 } : null;
        _obeys = _random.Next(2) == 0;
        _sleeps = _random.Next(3) == 0;
        _oddLevel = _random.Next(2) == 0 ? 3_000 : 1_500;
        _tickMsMin = _random.Next(5, TolerableTickMs + 1);
        _tickMsMax = _random.Next(_tickMsMin, TolerableTickMs + 1);
        SafetySettings settings = SafetySettings.For(standard);
        SimulatedChargerParts options = SessionRulesTests.Options(isFree: true, motor: _lock);
        _charger = new SimulatedCharger(new SimulatedChargerParts
        {
            Tariff = options.Tariff,
            StartUtcSeconds = options.StartUtcSeconds,
            Sessions = options.Sessions,
            Charger = settings,
            Lock = _lock,
            Grid = _grid,
            LineMilliohms = _random.Next(3) * 500,
            Plan = _random.Next(3) == 0 ? PlannedCharging.Create(options.Tariff, "explorer", 3, 230, 300, 0) : null,
        });
        _judge = new ProductJudge(_charger, settings, _lock);
    }

    public ProductJudge Judge => _judge;

    public long Ticks { get; private set; }

    public long Stalls { get; private set; }

    public long Outages { get; private set; }

    public void Run()
    {
        long untilMs = _charger.Clock.NowMs + _runMs;
        while (_charger.Clock.NowMs < untilMs)
        {
            _charger.Clock.Advance(1);
            long nowMs = _charger.Clock.NowMs;
            if (nowMs >= _nextEventMs)
            {
                _nextEventMs = nowMs + LogUniform(500, _levelMsMax * 4);
                Act(nowMs);
                nowMs = _charger.Clock.NowMs;
            }

            MoveLevel(nowMs);
            Draw();
            _charger.Bench.Advance(nowMs);
            _judge.Observe(nowMs, _level);
            if (nowMs >= _nextTickMs)
            {
                Tick(nowMs);
            }

            _judge.Check(nowMs);
        }
    }

    private void Tick(long nowMs)
    {
        ChargerBench bench = _charger.Bench;
        bench.CpHighMillivolts = bench.DutyHundredths == 0 ? -12_000 : _level + _random.Next(-300, 301);
        bench.CpLowMillivolts = nowMs < _noiseUntilMs ? -6_000 : -12_000 + _random.Next(-300, 301);
        _charger.Product.Tick(nowMs);
        _judge.NoteTick(nowMs);
        Ticks++;
        bool stalls = _random.Next(StallOneIn) == 0;
        Stalls += stalls ? 1 : 0;
        if (_random.Next(SlowOneIn) == 0)
        {
            _slowUntilMs = nowMs + LogUniform(TolerableTickMs, SlowMsMax);
        }

        int tickMs = nowMs < _slowUntilMs ? _random.Next(_tickMsMin, _tickMsMax + 1) : _random.Next(9, 12);
        _nextTickMs = nowMs + (stalls ? LogUniform(TolerableTickMs + 1, StallMsMax) : tickMs);
    }

    // A pilot that wanders; or a vehicle that answers the duty, whose plug is pulled and put.
    private void MoveLevel(long nowMs)
    {
        if (nowMs >= _nextLevelMs)
        {
            _level = !_obeys ? _random.Next(_levels.Length + 1) is int i && i < _levels.Length ? _levels[i] : _oddLevel
                : _random.Next(6) == 0 ? _random.Next(2) == 0 ? 12_000 : 10_500 : 9_000;
            bool isLoose = _level > 10_000 && _random.Next(8) != 0;
            int levelMsMax = isLoose ? Math.Min(LoosePlugMsMax, _levelMsMax) : _levelMsMax;
            _nextLevelMs = nowMs + LogUniform(_random.Next(3) == 0 ? levelMsMax / 2 : 1, levelMsMax);
            _offeredMs = 0;
        }

        bool isOffered = ProductJudge.ToldMilliamps(_charger.Bench.DutyHundredths) > 0;
        _offeredMs = isOffered ? _offeredMs + 1 : 0;
        _endedMs = isOffered ? 0 : _endedMs + 1;
        if (!_obeys)
        {
            return;
        }

        if (_level == 9_000 && _offeredMs >= ReactMs && !_sleeps)
        {
            _level = 6_000;
        }
        else if (_level == 6_000 && _endedMs >= ReactMs)
        {
            _level = 9_000;
        }
    }

    private void Draw()
    {
        ChargerBench bench = _charger.Bench;
        bool draws = bench.AreContactsClosed && _level is 6_000 or 3_000;
        int told = ProductJudge.ToldMilliamps(bench.DutyHundredths);
        int milliamps = !draws ? 0 : _drawnMilliamps >= 0 ? _drawnMilliamps : told == 0 ? 0 : told + _addedMilliamps;
        for (int phase = 0; phase < 3; phase++)
        {
            bench.LineMilliamps[phase] = milliamps;
        }
    }

    private void Act(long nowMs)
    {
        ChargerBench bench = _charger.Bench;
        EvChargerProduct product = _charger.Product;
        switch (_random.Next(26))
        {
            case 0:
                int milliamps = _random.Next(0, 20_000);
                int forMs = LogUniform(1_000, 600_000);
                if (product.Limits.TrySet(CommandRole.Utility, milliamps, forMs, nowMs))
                {
                    _judge.NoteLimit(milliamps, nowMs + forMs);
                }

                break;
            case 1:
                int ceilingMilliamps = _random.Next(6_000, product.Limits.Ceiling.Commissioned + 1);
                product.TrySetCeiling(CommandRole.Utility, ceilingMilliamps);
                break;
            case 2 when _random.Next(4) == 0:
                if (product.Sessions.StopRemotely() == SessionRefusal.None)
                {
                    _judge.NoteStop(nowMs);
                }

                break;
            case 3: product.Reset(); _judge.NoteReset(); break;
            case 4 when _random.Next(3) == 0: bench.RcdDcMilliamps = 8; break;
            case 5: bench.EarthPresent = false; break;
            case 6: _noiseUntilMs = nowMs + _random.Next(1, 400); break;
            case 7: _drawnMilliamps = 0; break;
            case 8: _drawnMilliamps = _random.Next(0, 60_000); break;
            case 9: _addedMilliamps = _random.Next(0, 4_000); _drawnMilliamps = -1; break;
            case 10: SetMains(_random.Next(180_000, 260_000)); break;
            case 11: bench.TenthsCelsius = _random.Next(600, 760); break;
            case 12: product.TryRequestPhases(_random.Next(2) == 0 ? 1 : 3); break;
            case 13 when _grid != null:
                _grid.SolarWatts = _random.Next(0, 12_000);
                product.TrySetSurplus(_random.Next(3), 0, 0, _random.Next(12, 600));
                break;
            case 14 when _random.Next(6) == 0: Fail(nowMs); break;
            default: Heal(bench); break;
        }
    }

    private void Fail(long nowMs)
    {
        _charger.LosePower(LogUniform(100, 20_000), _random.Next(2) == 0);
        Outages++;
        _judge.NoteOutage();
        _nextTickMs = _charger.Clock.NowMs;
        _nextLevelMs = Math.Max(_nextLevelMs, nowMs);
    }

    private void Heal(ChargerBench bench)
    {
        bench.RcdDcMilliamps = 0;
        bench.EarthPresent = true;
        bench.TenthsCelsius = 250;
        SetMains(230_000);
        _drawnMilliamps = -1;
        _addedMilliamps = 0;
    }

    private void SetMains(int millivolts)
    {
        for (int phase = 0; phase < 3; phase++)
        {
            _charger.Bench.MillivoltsOfMains[phase] = millivolts;
        }
    }

    private int LogUniform(int min, int max) =>
        (int)Math.Round(Math.Exp(Math.Log(min) + _random.NextDouble() * (Math.Log(max) - Math.Log(min))));
}

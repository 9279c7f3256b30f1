using System;
using System.Collections.Generic;
using MeterFirmware.Boards.Bench;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.EvCharger;

namespace MeterFirmware.Boards.Simulator.Scenarios;

/// <summary>
/// Runs the product's own safety loop over a scenario, millisecond by millisecond: the step's values, then what the
/// hardware does by itself, then the loop when its tick is due and it is not stalled.
/// </summary>
public sealed class ChargerScenarioRunner
{
    private readonly ChargerScenario _scenario;
    private readonly SafetySettings _settings;
    private readonly SafetyLoop _loop;
    private readonly List<ChargerScenarioEvent> _events = [];
    private long _nextTickMs;
    private int _stepIndex;
    private bool _coilWas;

    public ChargerScenarioRunner(ChargerScenario scenario)
    {
        _scenario = scenario;
        _settings = SafetySettings.For(scenario.IsGbt ? ChargingStandard.Gbt18487 : ChargingStandard.Iec61851);
        _settings.AllowsVentilation = scenario.AllowsVentilation ?? _settings.AllowsVentilation;
        if (scenario.StationAmps is double amps)
        {
            _settings.StationMilliampsMax = Milli(amps);
        }

        _settings.NominalMillihertz = 1_000 * scenario.NominalHertz ?? 0;
        Bench = new ChargerBench();
        _loop = new SafetyLoop(HardwareOf(Bench), _settings);
    }

    public ChargerBench Bench { get; }

    public ChargeController Controller => _loop.Controller;

    public SafetySettings Settings => _settings;

    public IReadOnlyList<ChargerScenarioEvent> Events => _events;

    /// <summary>Called after every millisecond, for tests that watch the run.</summary>
    public Action<long> Watch { get; set; }

    /// <summary>All roles of a charger played by one bench.</summary>
    public static ChargerHardware HardwareOf(ChargerBench bench) => new()
    {
        Pilot = bench,
        Contactor = bench,
        Residual = bench,
        Earth = bench,
        Temperature = bench,
        TickAlive = bench,
        Meter = bench,
        Proximity = bench,
    };

    public IReadOnlyList<ChargerScenarioEvent> Run()
    {
        _events.Add(new ChargerScenarioEvent { AtMs = 0, State = _loop.Controller.StateName });
        _events.Add(new ChargerScenarioEvent { AtMs = 0, DutyHundredths = _loop.Controller.DutyHundredths });
        _events.Add(new ChargerScenarioEvent { AtMs = 0, Contactor = "open" });
        for (long nowMs = 0; nowMs <= _scenario.UntilMs; nowMs++)
        {
            while (_stepIndex < _scenario.Steps.Count && _scenario.Steps[_stepIndex].AtMs <= nowMs)
            {
                Apply(_scenario.Steps[_stepIndex], nowMs);
                _stepIndex++;
            }

            // The coil's own circuit acts before the loop: neither waits for the other.
            Bench.Advance(nowMs);
            NoteCoil(nowMs);
            if (nowMs >= _nextTickMs)
            {
                _nextTickMs = nowMs + _settings.TickMs;
                _loop.Tick(nowMs);
                Drain();
                NoteCoil(nowMs);
            }

            Watch?.Invoke(nowMs);
        }

        return _events;
    }

    private void Apply(ChargerScenarioStep step, long nowMs)
    {
        Bench.CpHighMillivolts = step.CpVolts is double high ? Milli(high) : Bench.CpHighMillivolts;
        Bench.CpLowMillivolts = step.CpLowVolts is double low ? Milli(low) : Bench.CpLowMillivolts;
        Bench.PpOhms = step.PpOhms is double ohms ? Rounded(ohms) : Bench.PpOhms;
        Bench.RcdAcMilliamps = step.RcdAcMilliamps ?? Bench.RcdAcMilliamps;
        Bench.RcdDcMilliamps = step.RcdDcMilliamps ?? Bench.RcdDcMilliamps;
        Bench.TenthsCelsius = step.TemperatureC is double celsius ? Rounded(celsius * 10) : Bench.TenthsCelsius;
        Bench.Feedback = step.ContactorFeedback ?? Bench.Feedback;
        Bench.EarthPresent = step.PeOk ?? Bench.EarthPresent;
        Bench.MillihertzOfMains = step.MainsHz is double hertz ? Milli(hertz) : Bench.MillihertzOfMains;
        for (int phase = 0; phase < 3; phase++)
        {
            Bench.MillivoltsOfMains[phase] = step.MainsVolts is null
                ? Bench.MillivoltsOfMains[phase] : Milli(step.MainsVolts[phase]);
            Bench.LineMilliamps[phase] = step.LineAmps is null
                ? Bench.LineMilliamps[phase] : Milli(step.LineAmps[phase]);
        }

        // A current that a step sets while the contactor is open is what the meter then reads.
        Bench.CurrentFlowsAnyway = step.LineAmps is null ? Bench.CurrentFlowsAnyway : !Bench.AreContactsClosed;
        _loop.Inputs.LimitMilliamps = step.OfferAmps is double offer ? Milli(offer) : _loop.Inputs.LimitMilliamps;
        _loop.Inputs.IsAuthorized = step.Authorized ?? _loop.Inputs.IsAuthorized;
        _loop.Inputs.IsReset |= step.Reset ?? false;
        if (step.LoopStallMs is long stall)
        {
            _nextTickMs = Math.Max(_nextTickMs, nowMs + stall);
        }
    }

    private void Drain()
    {
        ChargerEventLog log = _loop.Events;
        for (; log.Count > 0; log.RemoveFirst())
        {
            long atMs = log.FirstAtMs;
            switch (log.FirstKind)
            {
                case ChargerEvent.State:
                    _events.Add(new ChargerScenarioEvent { AtMs = atMs, State = _loop.Controller.StateName });
                    break;
                case ChargerEvent.FaultRaised:
                    _events.Add(new ChargerScenarioEvent { AtMs = atMs, Fault = ChargerFault.NameOf(log.FirstValue) });
                    break;
                case ChargerEvent.FaultCleared:
                    _events.Add(new ChargerScenarioEvent
                    {
                        AtMs = atMs,
                        Cleared = ChargerFault.NameOf(log.FirstValue)
                    });
                    break;
                case ChargerEvent.Duty:
                    _events.Add(new ChargerScenarioEvent { AtMs = atMs, DutyHundredths = log.FirstValue });
                    break;
            }
        }
    }

    private void NoteCoil(long nowMs)
    {
        if (Bench.IsCoilOn != _coilWas)
        {
            _coilWas = Bench.IsCoilOn;
            _events.Add(new ChargerScenarioEvent { AtMs = nowMs, Contactor = _coilWas ? "closed" : "open" });
        }
    }

    private static int Milli(double value) => Rounded(value * 1_000);

    private static int Rounded(double value) => (int)Math.Clamp(Math.Round(value), int.MinValue, int.MaxValue);
}

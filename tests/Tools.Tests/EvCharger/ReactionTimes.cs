using System;
using System.Collections.Generic;
using System.Linq;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Scenarios;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.EvCharger;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>
/// Watches a bench run millisecond by millisecond: how long after a cause the coil is off. A cause counts from the
/// moment it stands while the coil is on; one that goes away before its filter saw it is dropped.
/// </summary>
internal sealed class ReactionTimes
{
    private readonly Dictionary<string, long> _since = [];
    private readonly SortedDictionary<string, List<long>> _times = [];
    private long _openedMs = -1;
    private bool _coilWas;
    private bool _pwmWas;

    /// <summary>Largest reaction by cause, with its count.</summary>
    public IEnumerable<(string Cause, int Count, long MaxMs)> Rows =>
        _times.Select(pair => (pair.Key, pair.Value.Count, pair.Value.Max()));

    public void BeginRun()
    {
        _since.Clear();
        _openedMs = -1;
        _coilWas = false;
    }

    public void Watch(long nowMs, ChargerScenarioRunner runner, bool isStalled)
    {
        ChargerBench bench = runner.Bench;
        bool isCoilOn = bench.IsCoilOn;
        ChargingStandard standard = runner.Settings.Standard;
        PilotLevel level = PilotBands.Classify(standard, bench.CpHighMillivolts);
        Note("C→B or unplugged", nowMs, level is PilotLevel.Volts9 or PilotLevel.Volts12, isStalled);
        Note("pilot 0 V or −12 V", nowMs, level is PilotLevel.Volts0 or PilotLevel.Negative, isStalled);
        Note("earth lost", nowMs, !bench.EarthPresent, isStalled);
        Note("loop stalled", nowMs, isStalled, false);
        bool isPwm = runner.Controller.State.IsPwm;
        bool isLowBad = (isPwm || _pwmWas) && bench.CpLowMillivolts > PilotBands.DiodeMillivoltsMax;
        Note("diode missing", nowMs, isLowBad, isStalled);
        Note("residual current", nowMs, bench.IsTripped, false);
        if (!isCoilOn)
        {
            _since.Clear();
        }

        WatchWeld(nowMs, runner, isCoilOn, isStalled);
        _coilWas = isCoilOn;
        _pwmWas = isPwm;

        void Note(string cause, long now, bool stands, bool pauses)
        {
            // The stall itself is judged as its own cause; meanwhile only the hardware acts.
            if (!stands || pauses)
            {
                _since.Remove(cause);
                return;
            }

            if ((isCoilOn || _coilWas) && !_since.ContainsKey(cause))
            {
                _since[cause] = now;
            }

            if (!isCoilOn && _coilWas)
            {
                Add(cause, now - _since[cause]);
            }
            else if (isCoilOn && now - _since[cause] > 500)
            {
                throw new InvalidOperationException($"{cause}: the coil is still on after 500 ms, at {now} ms");
            }
        }
    }

    private void WatchWeld(long nowMs, ChargerScenarioRunner runner, bool isCoilOn, bool isStalled)
    {
        bool isOpen = !isCoilOn && runner.Bench.Feedback == ChargerFeedback.Welded;
        _openedMs = _coilWas && isOpen && !isStalled ? nowMs : isOpen && !isStalled ? _openedMs : -1;
        if (_openedMs >= 0 && runner.Controller.State.Has(ChargerFault.Welded))
        {
            Add("weld seen after opening", nowMs - _openedMs);
            _openedMs = -1;
        }
    }

    private void Add(string cause, long ms)
    {
        if (!_times.TryGetValue(cause, out List<long> times))
        {
            _times[cause] = times = [];
        }

        times.Add(ms);
    }
}

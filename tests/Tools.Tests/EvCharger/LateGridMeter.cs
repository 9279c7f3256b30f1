using System;
using System.Collections.Generic;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>A meter at the grid point that shows what was some time ago, and trembles.</summary>
/// <param name="lateMs">Age of what it shows.</param>
/// <param name="noiseWatts">Most that a reading is beside the truth, W.</param>
internal sealed class LateGridMeter(GridPoint grid, int lateMs, int noiseWatts) : IPowerSensor
{
    private readonly Queue<(long AtMs, int Watts)> _samples = new();
    private readonly Random _random = new(1);
    private int _watts;

    public int Faults => SensorFault.None;

    public bool CountsEnergy => false;

    /// <summary>It measures, ten times a second.</summary>
    public void Sample(long nowMs)
    {
        if (nowMs % 100 == 0)
        {
            _samples.Enqueue((nowMs, grid.Watts));
        }
    }

    public bool TryRead(long nowMs, Measurement measurement)
    {
        while (_samples.Count > 0 && _samples.Peek().AtMs <= nowMs - lateMs)
        {
            _watts = _samples.Dequeue().Watts;
        }

        int shown = _watts + _random.Next(-noiseWatts, noiseWatts + 1);
        measurement.PhaseCount = 1;
        measurement.HasEnergy = false;
        measurement.ActivePowerMilliwatts[0] = shown * 1_000;
        return true;
    }
}

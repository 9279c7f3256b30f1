using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;

namespace MeterFirmware.Recording;

/// <summary>
/// Pulse output for test benches: so many pulses a kWh of active energy, import and export alike, exact over any time. Pulses
/// that fall due within one tick follow each other at pulse and pause length; what a slow tick cannot put out in time
/// waits, none is dropped.
/// </summary>
public sealed class PulseOutput
{
    private const long MicrojoulesPerKwh = 1000 * EnergyRegisters.MicrojoulesPerWattHour;

    private readonly IRelay _output;
    private readonly int _pulsesPerKwh;
    private readonly int _pulseMs;
    private long _wattHours;
    private long _remainder;
    private long _due;
    private long _edgeMs;
    private bool _isHigh;
    private Meter _meter;

    /// <param name="output">The opto-coupler.</param>
    /// <param name="pulsesPerKwh">1 to 100 000; 3200 is usual for 5 (60) A (facts/metering-rules.md).</param>
    /// <param name="pulseMs">Length of a pulse and at least of the pause. 80 ms is usual; at 60 A and 220 V (11.7 pulses a
    /// second) 30 ms fit.</param>
    public PulseOutput(IRelay output, int pulsesPerKwh, int pulseMs)
    {
        Invariant.Require(pulsesPerKwh >= 1 && pulsesPerKwh <= 100_000 && pulseMs > 0, "1 to 100 000 pulses a kWh");
        _output = output;
        _pulsesPerKwh = pulsesPerKwh;
        _pulseMs = pulseMs;
    }

    /// <summary>Pulses put out since start-up.</summary>
    public long Pulses { get; private set; }

    /// <summary>Pulses that are due and wait.</summary>
    public long Waiting => _due / MicrojoulesPerKwh;

    public void Attach(Meter meter)
    {
        _meter = meter;
        TakeEnergy();
        _due = 0;
    }

    public void Tick(long nowMs)
    {
        TakeEnergy();
        if (nowMs - _edgeMs < _pulseMs)
        {
            return;
        }

        if (_isHigh)
        {
            _isHigh = !_output.TrySet(false);
            _edgeMs = nowMs;
        }
        else if (_due >= MicrojoulesPerKwh && _output.TrySet(true))
        {
            _isHigh = true;
            _edgeMs = nowMs;
            _due -= MicrojoulesPerKwh;
            Pulses++;
        }
    }

    private void TakeEnergy()
    {
        EnergyRegisters registers = _meter.Registers;
        long wattHours = registers.TotalWattHours(EnergyKind.Import) + registers.TotalWattHours(EnergyKind.Export);
        long remainder = registers.TotalRemainder(EnergyKind.Import) + registers.TotalRemainder(EnergyKind.Export);
        long energy = (wattHours - _wattHours) * EnergyRegisters.MicrojoulesPerWattHour + remainder - _remainder;
        _wattHours = wattHours;
        _remainder = remainder;

        // µJ × pulses: a day of 3 × 33.7 kW at 100 000 pulses would still fit.
        _due += energy * _pulsesPerKwh;
    }
}

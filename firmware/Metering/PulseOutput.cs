using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Metering;

/// <summary>
/// Pulse output for test benches: so many pulses a kWh of active energy, import and export alike, exact over any time.
/// One edge a tick at most: pulses that fall due together follow each other at pulse and pause length, what is late
/// waits, none is dropped. The meter ticks it with each reading; a board that reads once a second also ticks it in
/// between (every 5 to 20 ms), or the output ends at 0.5 pulses a second: <see cref="MilliwattsMax"/>.
/// </summary>
public sealed class PulseOutput
{
    private const long MicrojoulesPerKwh = 1000 * Scaling.MicrojoulesPerWattHour;

    private readonly IRelay _output;
    private readonly int _pulsesPerKwh;
    private readonly int _pulseMs;
    private long _wattHours;
    private long _remainder;
    private long _due;
    private long _waiting;
    private long _edgeMs;
    private bool _isHigh;
    private Meter _meter;

    /// <param name="output">The opto-coupler.</param>
    /// <param name="pulsesPerKwh">1 to 100 000; 3200 is usual for 5 (60) A (facts/metering-rules.md).</param>
    /// <param name="pulseMs">Length of a pulse and at least of the pause. 80 ms is usual; at 60 A and 220 V (11.7
    /// pulses a second at 3200) 30 ms fit: up to 18.7 kW with a tick of 10 ms.</param>
    public PulseOutput(IRelay output, int pulsesPerKwh, int pulseMs)
    {
        Invariant.Require(pulsesPerKwh >= 1 && pulsesPerKwh <= 100_000 && pulseMs > 0, "1 to 100 000 pulses a kWh");
        _output = output;
        _pulsesPerKwh = pulsesPerKwh;
        _pulseMs = pulseMs;
    }

    /// <summary>The meter's constant.</summary>
    public int PulsesPerKwh => _pulsesPerKwh;

    public int PulseMs => _pulseMs;

    /// <summary>Pulses put out since start-up.</summary>
    public long Pulses { get; private set; }

    /// <summary>Pulses that are due and wait.</summary>
    public long Waiting => _waiting;

    /// <summary>Highest power in mW that an output can follow for ever: its shortest cycle is a pulse and a pause, each
    /// of whole ticks.</summary>
    /// <param name="pulsesPerKwh">The meter's constant.</param>
    /// <param name="pulseMs">Length of a pulse.</param>
    /// <param name="tickMs">From one tick of the output to the next.</param>
    public static long MilliwattsMax(int pulsesPerKwh, int pulseMs, int tickMs)
    {
        long edgeMs = ((long)pulseMs + tickMs - 1) / tickMs * tickMs;

        // µJ ÷ ms = mW.
        return MicrojoulesPerKwh / pulsesPerKwh / (2 * edgeMs);
    }

    public void Attach(Meter meter)
    {
        _meter = meter;
        TakeEnergy();
        _due = 0;
        _waiting = 0;
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
        else if (_waiting > 0 && _output.TrySet(true))
        {
            _isHigh = true;
            _edgeMs = nowMs;
            _waiting--;
            Pulses++;
        }
    }

    private void TakeEnergy()
    {
        EnergyRegisters registers = _meter.Registers;
        long wattHours = registers.TotalWattHours(EnergyKind.Import) + registers.TotalWattHours(EnergyKind.Export);
        long remainder = registers.TotalRemainder(EnergyKind.Import) + registers.TotalRemainder(EnergyKind.Export);
        long energy = (wattHours - _wattHours) * Scaling.MicrojoulesPerWattHour + remainder - _remainder;
        _wattHours = wattHours;
        _remainder = remainder;

        // µJ × pulses: a day of 3 × 33.7 kW at 100 000 pulses would still fit. Whole pulses apart, so that an output
        // that cannot follow overflows nothing.
        _due += energy * _pulsesPerKwh;
        _waiting += _due / MicrojoulesPerKwh;
        _due %= MicrojoulesPerKwh;
    }
}

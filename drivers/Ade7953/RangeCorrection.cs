using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Ade7953;

/// <summary>
/// Applies a <see cref="CurrentRangeTable"/> to what one reading brings. A small angle δ that the current path lags
/// makes P − Q·δ of P and Q + P·δ of Q: the phase takes that out. Energies are corrected in whole millionths of a µJ
/// with the remainder carried from reading to reading and from range to range, so that over any time they are the
/// chip's energies times their corrections to 1 µJ. The energy of a reading belongs to one range, that of the current
/// at its end.
/// </summary>
internal sealed class RangeCorrection
{
    private const int Million = 1_000_000;

    private readonly CurrentRangeTable _table;
    private int _range;
    private long _offsetAtMs;
    private long _activeRemainder;
    private long _reactiveRemainder;

    public RangeCorrection(CurrentRangeTable table) => _table = table;

    /// <summary>Begins the offset's time anew: what flowed before is not counted.</summary>
    public void Restart(long nowMs) => _offsetAtMs = nowMs;

    /// <summary>Takes the range of the current in the reading, before it is corrected.</summary>
    public void Follow(int milliamps) => _range = _table.Follow(_range, milliamps);

    /// <summary>Corrected active energy in µJ. Called before <see cref="TakeReactive"/>, once a reading.</summary>
    /// <param name="nowMs">Monotonic milliseconds: the offset flows with time, whatever the chip counted.</param>
    /// <param name="microjoules">The chip's active energy, import positive.</param>
    /// <param name="microvarSeconds">The chip's reactive energy.</param>
    public long TakeActive(long nowMs, long microjoules, long microvarSeconds)
    {
        long offset = (nowMs - _offsetAtMs) * _table.OffsetMilliwatts[_range];
        _offsetAtMs = nowMs;
        return offset + Turned(
            microjoules, microvarSeconds, _table.PhaseMicroradians[_range], ref _activeRemainder);
    }

    /// <summary>Corrected reactive energy in microvar-seconds.</summary>
    public long TakeReactive(long microjoules, long microvarSeconds) => Turned(
        microvarSeconds, microjoules, -_table.PhaseMicroradians[_range], ref _reactiveRemainder);

    /// <summary>Corrects current, powers and power factor of phase 0.</summary>
    public void Correct(Measurement measurement)
    {
        int phase = _table.PhaseMicroradians[_range];
        int active = measurement.ActivePowerMilliwatts[0];
        int reactive = measurement.ReactivePowerMillivars[0];
        measurement.CurrentMilliamps[0] = Scaled(measurement.CurrentMilliamps[0], 0, 0);
        measurement.ActivePowerMilliwatts[0] = Scaled(active, reactive, phase) + _table.OffsetMilliwatts[_range];
        measurement.ReactivePowerMillivars[0] = Scaled(reactive, active, -phase);
        int apparent = Scaled(measurement.ApparentPowerMillivoltamperes[0], 0, 0);
        measurement.ApparentPowerMillivoltamperes[0] = apparent;
        if (apparent > 0)
        {
            int power = measurement.ActivePowerMilliwatts[0];
            long factor = ((power < 0 ? -(long)power : power) * 10_000 + apparent / 2) / apparent;
            factor = factor > 10_000 ? 10_000 : factor;

            // The sign is the chip's.
            measurement.PowerFactorTenThousandths[0] =
                measurement.PowerFactorTenThousandths[0] < 0 ? -(int)factor : (int)factor;
        }
    }

    /// <summary>own · (1 + gain) + other · phase. Whole millions apart, so that no product leaves 64 bits.</summary>
    private long Turned(long own, long other, int phase, ref long remainder)
    {
        int gain = _table.GainMillionths[_range];
        long ownWhole = own / Million;
        long otherWhole = other / Million;
        long rest = (own - ownWhole * Million) * gain + (other - otherWhole * Million) * phase + remainder;
        long carried = rest / Million;
        remainder = rest - carried * Million;
        return own + ownWhole * gain + otherWhole * phase + carried;
    }

    private int Scaled(int own, int other, int phase)
    {
        long scaled = (long)own * (Million + _table.GainMillionths[_range]) + (long)other * phase;
        return (int)((scaled + (scaled < 0 ? -Million / 2 : Million / 2)) / Million);
    }
}

using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Metering;

/// <summary>
/// The energy of one reading on its way into the registers. When a boundary (change of rate, end of an interval) lies
/// inside the reading's time span, the energy is shared by time, and the shares add up to the reading exactly.
/// </summary>
internal sealed class PendingEnergy
{
    private readonly int _phaseCount;
    private readonly long[] _import = new long[Measurement.PhaseCountMax];
    private readonly long[] _export = new long[Measurement.PhaseCountMax];
    private readonly long[] _reactive = new long[Measurement.PhaseCountMax];

    public PendingEnergy(int phaseCount)
    {
        _phaseCount = phaseCount;
    }

    /// <summary>Algebraic sum over the phases in µJ: a three-phase meter's total registers follow it.</summary>
    public long NetActive { get; private set; }

    /// <summary>Algebraic sum of reactive energy over the phases in µvar·s.</summary>
    public long NetReactive { get; private set; }

    public long Import(int phase) => _import[phase];

    public long Export(int phase) => _export[phase];

    public long Reactive(int phase) => _reactive[phase];

    /// <summary>Takes a reading. False, and nothing taken: a phase moved more energy than is possible.</summary>
    /// <param name="reading">A good reading.</param>
    /// <param name="spanMs">Monotonic time that power is integrated over, above 0.</param>
    /// <param name="counterMs">Monotonic time since the reading before, which a counter's difference covers.</param>
    /// <param name="powerMilliwattsMax">Per phase.</param>
    public bool TryTake(Measurement reading, long spanMs, long counterMs, int powerMilliwattsMax)
    {
        // mW × ms = µJ. One second on top covers a reading that is taken late in its tick.
        long limit = ((reading.HasEnergy ? counterMs : spanMs) + 1000) * powerMilliwattsMax;
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            if (reading.HasEnergy)
            {
                _import[phase] = reading.ImportMicrojoules[phase];
                _export[phase] = reading.ExportMicrojoules[phase];
                _reactive[phase] = reading.ReactiveMicrovarSeconds[phase];
            }
            else
            {
                long active = reading.ActivePowerMilliwatts[phase] * spanMs;
                _import[phase] = active > 0 ? active : 0;
                _export[phase] = active < 0 ? -active : 0;
                _reactive[phase] = reading.ReactivePowerMillivars[phase] * spanMs;
            }

            if (_import[phase] > limit || _export[phase] > limit || _import[phase] < 0 || _export[phase] < 0
                || _reactive[phase] > limit || _reactive[phase] < -limit)
            {
                Clear();
                return false;
            }
        }

        Sum();
        return true;
    }

    /// <summary>No energy: time passes alone.</summary>
    public void Clear()
    {
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            _import[phase] = 0;
            _export[phase] = 0;
            _reactive[phase] = 0;
        }

        NetActive = 0;
        NetReactive = 0;
    }

    /// <summary>Moves the share part ÷ whole of what is pending into <paramref name="part"/>.</summary>
    public void SplitInto(PendingEnergy part, long partMs, long wholeMs)
    {
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            part._import[phase] = Scaling.Share(_import[phase], partMs, wholeMs);
            part._export[phase] = Scaling.Share(_export[phase], partMs, wholeMs);
            part._reactive[phase] = Scaling.Share(_reactive[phase], partMs, wholeMs);
            _import[phase] -= part._import[phase];
            _export[phase] -= part._export[phase];
            _reactive[phase] -= part._reactive[phase];
        }

        part.Sum();
        Sum();
    }

    private void Sum()
    {
        long active = 0;
        long reactive = 0;
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            active += _import[phase] - _export[phase];
            reactive += _reactive[phase];
        }

        NetActive = active;
        NetReactive = reactive;
    }
}

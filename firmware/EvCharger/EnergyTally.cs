using MeterFirmware.Hardware;

namespace MeterFirmware.EvCharger;

/// <summary>
/// The energy of the safety part's readings, one each 10 ms, until the meter books it, each 100 ms: nothing of a
/// counter's differences is lost, and power is integrated at the rate at which it is read.
/// </summary>
public sealed class EnergyTally
{
    private readonly int _phaseCount;
    private readonly long[] _import = new long[Measurement.PhaseCountMax];
    private readonly long[] _export = new long[Measurement.PhaseCountMax];
    private readonly long[] _reactive = new long[Measurement.PhaseCountMax];
    private readonly Measurement _sum = new Measurement();
    private long _lastMs = -1;
    private bool _hasReading;
    private bool _hasValues;

    public EnergyTally(int phaseCount)
    {
        _phaseCount = phaseCount;
    }

    /// <summary>Adds a good reading.</summary>
    /// <param name="reading">Its energy, or its power over the time since the reading before.</param>
    /// <param name="nowMs">Monotonic ms.</param>
    public void Add(Measurement reading, long nowMs)
    {
        long spanMs = _lastMs < 0 ? 0 : nowMs - _lastMs;
        _lastMs = nowMs;
        _hasReading = true;
        if (reading.HasEnergy)
        {
            AddEnergy(reading);
            return;
        }

        int[] power = reading.ActivePowerMilliwatts;
        int[] reactive = reading.ReactivePowerMillivars;
        int count = _phaseCount;
        for (int phase = 0; phase < count; phase++)
        {
            // mW × ms = µJ.
            int active = power[phase];
            if (active > 0)
            {
                _import[phase] += active * spanMs;
            }
            else if (active < 0)
            {
                _export[phase] -= active * spanMs;
            }

            int millivars = reactive[phase];
            if (millivars != 0)
            {
                _reactive[phase] += millivars * spanMs;
            }
        }
    }

    /// <summary>The meter let time go on without energy: power counts from here.</summary>
    public void Skip(long nowMs) => _lastMs = nowMs;

    /// <summary>All energy since the last call, with the values of the newest reading. Null: there was no good reading
    /// since.</summary>
    /// <param name="newest">The reading of this tick. Null: it failed;
    /// then the values are those of the call before.</param>
    public Measurement Take(Measurement newest)
    {
        if (newest != null)
        {
            CopyValues(newest);
        }

        // Without values the energy waits for the next call.
        if (!_hasReading || !_hasValues)
        {
            return null;
        }

        _hasReading = false;
        for (int phase = 0; phase < Measurement.PhaseCountMax; phase++)
        {
            _sum.ImportMicrojoules[phase] = _import[phase];
            _sum.ExportMicrojoules[phase] = _export[phase];
            _sum.ReactiveMicrovarSeconds[phase] = _reactive[phase];
            _import[phase] = 0;
            _export[phase] = 0;
            _reactive[phase] = 0;
        }

        return _sum;
    }

    private void AddEnergy(Measurement reading)
    {
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            _import[phase] += reading.ImportMicrojoules[phase];
            _export[phase] += reading.ExportMicrojoules[phase];
            _reactive[phase] += reading.ReactiveMicrovarSeconds[phase];
        }
    }

    private void CopyValues(Measurement newest)
    {
        _hasValues = true;
        _sum.HasEnergy = true;
        _sum.PhaseCount = newest.PhaseCount;
        _sum.FrequencyMillihertz = newest.FrequencyMillihertz;
        for (int phase = 0; phase < Measurement.PhaseCountMax; phase++)
        {
            _sum.VoltageMillivolts[phase] = newest.VoltageMillivolts[phase];
            _sum.CurrentMilliamps[phase] = newest.CurrentMilliamps[phase];
            _sum.ActivePowerMilliwatts[phase] = newest.ActivePowerMilliwatts[phase];
            _sum.ReactivePowerMillivars[phase] = newest.ReactivePowerMillivars[phase];
            _sum.ApparentPowerMillivoltamperes[phase] = newest.ApparentPowerMillivoltamperes[phase];
            _sum.PowerFactorTenThousandths[phase] = newest.PowerFactorTenThousandths[phase];
        }
    }
}

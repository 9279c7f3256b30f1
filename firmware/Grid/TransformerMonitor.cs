using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Grid;

/// <summary>
/// Watches a transformer by the meter at its low side: loading and unbalance of the phases, voltage, hot spot and
/// ageing, each with a warning in steps. The strongest phase counts for the temperatures: the safe side.
/// </summary>
public sealed class TransformerMonitor
{
    private const int MinuteMs = 60_000;

    /// <summary>Below this share of the rating the phases' unbalance means nothing, permille.</summary>
    private const int UnbalanceFromPermille = 200;

    // GB/T 12325-2008: 220 V single-phase +7 %, −10 %; permille away from the middle of that range.
    private const int VoltageMiddlePermille = 985;
    private const int VoltageWidthPermille = 85;

    private readonly TransformerThermal _thermal;
    private readonly long _ratedMillivoltAmperes;
    private readonly int _nominalMillivolts;
    private readonly int _phaseCount;
    private long _minuteMs = -1;
    private long _lastMs;
    private long _area;
    private bool _isSettled;

    /// <param name="ratedVoltAmperes">Of all phases.</param>
    /// <param name="nominalMillivolts">Between phase and neutral.</param>
    public TransformerMonitor(
        TransformerSettings settings, long ratedVoltAmperes, int nominalMillivolts, int phaseCount)
    {
        Invariant.Require(ratedVoltAmperes > 0 && ratedVoltAmperes <= 100_000_000, "a transformer of up to 100 MVA");
        _thermal = new TransformerThermal(settings);
        _ratedMillivoltAmperes = ratedVoltAmperes * 1000;
        _nominalMillivolts = nominalMillivolts;
        _phaseCount = phaseCount;
    }

    public TransformerThermal Thermal => _thermal;

    /// <summary>Loading of each phase, permille of its share of the rating.</summary>
    public int[] LoadingPermille { get; } = new int[Measurement.PhaseCountMax];

    /// <summary>Of the strongest phase.</summary>
    public int LoadingPermilleMax { get; private set; }

    /// <summary>(Strongest − weakest) ÷ strongest phase, permille.</summary>
    public int UnbalancePermille { get; private set; }

    /// <summary>Voltage of the phase that is farthest from the middle of the permitted range, mV.</summary>
    public int FarthestMillivolts { get; private set; }

    /// <summary>80 % and 100 % of the rating.</summary>
    public StepWarning Loading { get; } = new StepWarning(new int[] { 800, 1000 }, 50, MinuteMs);

    /// <summary>15 % and 25 % between the phases.</summary>
    public StepWarning Unbalance { get; } = new StepWarning(new int[] { 150, 250 }, 30, 15 * MinuteMs);

    /// <summary>120, 140 and 160 °C: limits of IEC 60076-7 for normal cyclic, long and short emergency
    /// loading.</summary>
    public StepWarning HotSpot { get; } = new StepWarning(new int[] { 120, 140, 160 }, 5, 0);

    /// <summary>105 and 115 °C: the same for the oil.</summary>
    public StepWarning Oil { get; } = new StepWarning(new int[] { 105, 115 }, 3, 0);

    /// <summary>A phase outside of +7 % and −10 % (GB/T 12325).</summary>
    public StepWarning Voltage { get; } = new StepWarning(new int[] { VoltageWidthPermille + 1 }, 5, MinuteMs);

    /// <summary>Takes a reading, once a second or so. True: a warning changed.</summary>
    /// <param name="isMeasured">False: there is none; the last load goes on and no warning changes.</param>
    /// <param name="ambientCelsius">Outside, or as it is set.</param>
    public bool Tick(long nowMs, Measurement reading, bool isMeasured, int ambientCelsius)
    {
        if (isMeasured)
        {
            Load(reading);
        }

        // Before the first reading no load is known that it could have carried.
        bool isChanged = (isMeasured || _isSettled) && Warm(nowMs, ambientCelsius);
        if (!isMeasured)
        {
            return isChanged;
        }

        int away = 0;
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            int column = ColumnOf(reading, phase);
            int permille = (int)((long)reading.VoltageMillivolts[column] * 1000 / _nominalMillivolts);
            int off = permille > VoltageMiddlePermille ? permille - VoltageMiddlePermille
                : VoltageMiddlePermille - permille;
            if (phase == 0 || off > away)
            {
                away = off;
                FarthestMillivolts = reading.VoltageMillivolts[column];
            }
        }

        isChanged |= Loading.Tick(nowMs, LoadingPermilleMax);
        isChanged |= Unbalance.Tick(nowMs, UnbalancePermille);
        return isChanged | Voltage.Tick(nowMs, away);
    }

    // A meter of one phase stands for all of them, as for the site's limit.
    private static int ColumnOf(Measurement reading, int phase) => phase < reading.PhaseCount ? phase : 0;

    private void Load(Measurement reading)
    {
        int strongest = 0;
        int weakest = int.MaxValue;
        for (int phase = 0; phase < _phaseCount; phase++)
        {
            int column = ColumnOf(reading, phase);
            long apparent = reading.ApparentPowerMillivoltamperes[column];
            if (apparent == 0)
            {
                // A meter that does not tell it.
                apparent = (long)reading.VoltageMillivolts[column] * reading.CurrentMilliamps[column] / 1000;
            }

            int permille = (int)(apparent * 1000 * _phaseCount / _ratedMillivoltAmperes);
            LoadingPermille[phase] = permille;
            strongest = permille > strongest ? permille : strongest;
            weakest = permille < weakest ? permille : weakest;
        }

        LoadingPermilleMax = strongest;
        UnbalancePermille = strongest < UnbalanceFromPermille ? 0 : (strongest - weakest) * 1000 / strongest;
    }

    // The temperatures move once a minute, by the mean load of that minute.
    private bool Warm(long nowMs, int ambientCelsius)
    {
        if (!_isSettled)
        {
            // What it carried before is not known: as if it had carried this load for days.
            _isSettled = true;
            _minuteMs = nowMs;
            _lastMs = nowMs;
            _thermal.Settle(LoadingPermilleMax / 1000.0, ambientCelsius);
            return false;
        }

        _area += (nowMs - _lastMs) * LoadingPermilleMax;
        _lastMs = nowMs;
        long elapsedMs = nowMs - _minuteMs;
        if (elapsedMs < MinuteMs)
        {
            return false;
        }

        _thermal.Run(elapsedMs / 60_000.0, _area / (elapsedMs * 1000.0), ambientCelsius);
        _minuteMs = nowMs;
        _area = 0;
        bool isChanged = HotSpot.Tick(nowMs, (int)_thermal.HotSpotCelsius);
        return isChanged | Oil.Tick(nowMs, (int)_thermal.OilCelsius);
    }
}

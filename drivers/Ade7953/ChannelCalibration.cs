using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Ade7953;

/// <summary>A channel's rows of a calibration record as the chip's registers and the driver's ranges.</summary>
internal static class ChannelCalibration
{
    /// <summary>What was expected of the first thing that is wrong; null: nothing.</summary>
    public static string FindProblem(CalibrationRows rows, int channel)
    {
        int first = rows.FindChannel(channel, out int count);
        if (first < 0 || count > CurrentRangeTable.CountMax)
        {
            return "rows: 1 to 4 for each channel";
        }

        if (!IsGain(rows.Get(first, CalibrationRows.VoltageGain))
            || !IsGain(rows.Get(first, CalibrationRows.CurrentGain))
            || !IsGain(rows.Get(first, CalibrationRows.PowerGain)))
        {
            return "gains: 2097152 to 6291456 (4194304 = 1.0)";
        }

        if (!IsWithin(rows.Get(first, CalibrationRows.Phase), Ade7953Calibration.PhaseStepsMax))
        {
            return "phase: -383 to 383 steps";
        }

        if (!IsWithin(rows.Get(first, CalibrationRows.PowerOffset), Ade7953Calibration.PowerOffsetMax))
        {
            return "power offset: -10000 to 10000 counts";
        }

        for (int row = first + 1; row < first + count; row++)
        {
            for (int column = CalibrationRows.VoltageGain; column <= CalibrationRows.Phase; column++)
            {
                if (rows.Get(row, column) != rows.Get(first, column))
                {
                    return "registers: the same in all ranges of a channel, the chip has one set";
                }
            }
        }

        return RangesOf(rows, first, count).FirstProblem();
    }

    /// <summary>Puts rows without a problem into the configuration.</summary>
    public static void Apply(CalibrationRows rows, int channel, Ade7953Settings settings)
    {
        int first = rows.FindChannel(channel, out int count);
        int power = rows.Get(first, CalibrationRows.PowerGain);
        settings.VoltageGain = rows.Get(first, CalibrationRows.VoltageGain);
        settings.CurrentGain = rows.Get(first, CalibrationRows.CurrentGain);
        settings.ActivePowerGain = power;
        settings.ReactivePowerGain = power;
        settings.ApparentPowerGain = power;
        settings.ActivePowerOffset = rows.Get(first, CalibrationRows.PowerOffset);
        settings.PhaseCalibration = rows.Get(first, CalibrationRows.Phase);
        settings.Ranges = HasCorrection(rows, first, count) ? RangesOf(rows, first, count) : null;
    }

    private static CurrentRangeTable RangesOf(CalibrationRows rows, int first, int count)
    {
        CurrentRangeTable table = new CurrentRangeTable(count);
        for (int i = 0; i < count; i++)
        {
            table.FromMilliamps[i] = rows.Get(first + i, CalibrationRows.FromMilliamps);
            table.GainMillionths[i] = rows.Get(first + i, CalibrationRows.RangeGain);
            table.OffsetMilliwatts[i] = rows.Get(first + i, CalibrationRows.RangeOffset);
            table.PhaseMicroradians[i] = rows.Get(first + i, CalibrationRows.RangePhase);
        }

        return table;
    }

    private static bool HasCorrection(CalibrationRows rows, int first, int count)
    {
        int values = 0;
        for (int row = first; row < first + count; row++)
        {
            values |= rows.Get(row, CalibrationRows.RangeGain) | rows.Get(row, CalibrationRows.RangeOffset)
                | rows.Get(row, CalibrationRows.RangePhase);
        }

        return values != 0;
    }

    private static bool IsGain(int gain) => gain >= Ade7953Calibration.GainMin && gain <= Ade7953Calibration.GainMax;

    private static bool IsWithin(int value, int max) => value >= -max && value <= max;
}

using MeterFirmware.Hardware;

namespace MeterFirmware.Calibration;

/// <summary>What a meter takes for a calibration of its own. Each answer says what was expected.</summary>
public static class CalibrationRules
{
    /// <summary>20 years between calibration and due date: more is a slip. (National rules ask for less.)</summary>
    public const long ValiditySecondsMax = 20L * 366 * 86_400;

    /// <summary>A bench's clock may run ahead by a day.</summary>
    private const long SkewSeconds = 86_400;

    /// <summary>2020-01-01: nothing was calibrated with this firmware before.</summary>
    private const long EarliestUtcSeconds = 1_577_836_800;

    /// <summary>2 %: worse is no reference.</summary>
    private const int UncertaintyMillionthsMax = 20_000;

    /// <summary>What a gain register of 0.5 to 1.5 can take out.</summary>
    private const int ErrorBeforeMax = 500_000;

    /// <summary>What was expected of the first thing that is wrong; null: nothing is.</summary>
    /// <param name="record">A record that was read whole.</param>
    /// <param name="channels">Channels of the meter: each needs its rows.</param>
    /// <param name="errorMillionthsMax">Largest error after calibration, <see cref="AccuracyLimit"/>.</param>
    /// <param name="takesSimulated">Whether the meter is itself a simulated one.</param>
    /// <param name="nowUtcSeconds">Now; 0 when the time is not known, then dates are not compared with it.</param>
    public static string FindProblem(
        CalibrationRecord record, int channels, int errorMillionthsMax, bool takesSimulated, long nowUtcSeconds)
    {
        if (record.IsSimulated && !takesSimulated)
        {
            return "a record of a real bench: this one says that its bench was simulated";
        }

        if (!record.HasTexts)
        {
            return "operator, instrument and certificate: 1 to 48 bytes of UTF-8 each";
        }

        if (record.UtcSeconds < EarliestUtcSeconds
            || (nowUtcSeconds > 0 && record.UtcSeconds > nowUtcSeconds + SkewSeconds))
        {
            return "date: from 2020 to today";
        }

        if (record.DueUtcSeconds <= record.UtcSeconds || record.DueUtcSeconds - record.UtcSeconds > ValiditySecondsMax
            || record.DueUtcSeconds <= nowUtcSeconds)
        {
            return "due: after the date and after today, 20 years at most";
        }

        if (record.UncertaintyMillionths < 1 || record.UncertaintyMillionths > UncertaintyMillionthsMax)
        {
            return "uncertainty: 1 to 20000 millionths";
        }

        if (record.RowCount < 1 || !record.HasOrderedRanges || !HasAllChannels(record, channels))
        {
            return "rows: each of the meter's channels, from 0 on, with ranges that rise from 0 mA";
        }

        return FindError(record, errorMillionthsMax);
    }

    private static bool HasAllChannels(CalibrationRecord record, int channels)
    {
        for (int channel = 0; channel < channels; channel++)
        {
            if (record.FindChannel(channel, out int _) < 0)
            {
                return false;
            }
        }

        return record.Get(record.RowCount - 1, CalibrationRows.Channel) == channels - 1;
    }

    private static string FindError(CalibrationRecord record, int errorMillionthsMax)
    {
        for (int row = 0; row < record.RowCount; row++)
        {
            if (!IsWithin(record.Get(row, CalibrationRows.ErrorBefore), ErrorBeforeMax))
            {
                return "error before: within 500000 millionths, what a gain takes out";
            }

            if (!IsWithin(record.Get(row, CalibrationRows.ErrorAfter), errorMillionthsMax))
            {
                return "error after: within " + errorMillionthsMax.ToString() + " millionths, the meter's class";
            }
        }

        return null;
    }

    private static bool IsWithin(int value, int max) => value >= -max && value <= max;
}

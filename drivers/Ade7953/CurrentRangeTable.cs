namespace MeterFirmware.Drivers.Ade7953;

/// <summary>
/// What is left to correct in each range of current after the chip's own registers: it has one gain, offset and phase a
/// channel, but a current transformer's ratio and angle change with the current. A range reaches from its beginning to
/// the next one's; the first begins at 0. Made once; <see cref="RangeCorrection"/> applies it.
/// </summary>
public sealed class CurrentRangeTable
{
    public const int CountMax = 4;

    /// <summary>A range is left downwards this much below its beginning, in thousandths of it, so that a current on a
    /// boundary does not change range with every reading.</summary>
    public const int HysteresisPermille = 20;

    /// <summary>Largest beginning of a range, mA.</summary>
    public const int MilliampsMax = 1_000_000;

    /// <summary>Largest gain (millionths) and phase (µrad), either sign: more is a wrong scale, not a
    /// tolerance.</summary>
    public const int CorrectionMax = 100_000;

    /// <summary>Largest offset, mW, either sign.</summary>
    public const int OffsetMilliwattsMax = 20_000;

    private const int ColumnCount = 4;

    public readonly int Count;

    /// <summary>Where the range begins, mA as the chip reads it after its registers, before this correction.</summary>
    public readonly int[] FromMilliamps;

    /// <summary>Added to current, powers and energies, millionths of the reading.</summary>
    public readonly int[] GainMillionths;

    /// <summary>Added to active power and energy, mW, import positive.</summary>
    public readonly int[] OffsetMilliwatts;

    /// <summary>Lag of the current path that is taken out, µrad.</summary>
    public readonly int[] PhaseMicroradians;

    public CurrentRangeTable(int count)
    {
        Count = count;
        FromMilliamps = new int[count];
        GainMillionths = new int[count];
        OffsetMilliwatts = new int[count];
        PhaseMicroradians = new int[count];
    }

    /// <summary>Reads "from,gain,offset,phase;…" in mA, millionths, mW and µrad, as <c>meterctl calibrate</c> prints
    /// it.
    /// </summary>
    /// <param name="problem">The first thing that is wrong, then null is returned; null: nothing.</param>
    /// <returns>The ranges; null for an empty text, too: nothing is corrected.</returns>
    public static CurrentRangeTable Parse(string text, out string problem)
    {
        problem = null;
        if (text.Length == 0)
        {
            return null;
        }

        int count = 1;
        for (int i = 0; i < text.Length; i++)
        {
            count += text[i] == ';' ? 1 : 0;
        }

        if (count > CountMax)
        {
            problem = "at most 4 current ranges";
            return null;
        }

        CurrentRangeTable table = new CurrentRangeTable(count);
        int at = 0;
        for (int cell = 0; cell < count * ColumnCount; cell++)
        {
            bool isLast = cell % ColumnCount == ColumnCount - 1;
            if (!TryNumber(text, ref at, out int value) || !IsSeparated(text, at, isLast))
            {
                problem =
                    "a current range is from,gain,offset,phase in whole mA, millionths, mW, microradians; ranges are "
                        + "separated by ;";
                return null;
            }

            at++;
            table.Column(cell % ColumnCount)[cell / ColumnCount] = value;
        }

        problem = table.FirstProblem();
        return problem == null ? table : null;
    }

    /// <summary>The first thing that is wrong, null: nothing.</summary>
    public string FirstProblem()
    {
        if (Count < 1 || Count > CountMax || FromMilliamps[0] != 0)
        {
            return "1 to 4 current ranges, the first from 0 mA: no current may be without one";
        }

        for (int i = 0; i < Count; i++)
        {
            if (i > 0 && LowerEdge(i) <= FromMilliamps[i - 1])
            {
                return "current ranges must rise, each by more than its hysteresis of 2 %: these overlap";
            }

            if (FromMilliamps[i] > MilliampsMax || !IsWithin(GainMillionths[i], CorrectionMax)
                || !IsWithin(PhaseMicroradians[i], CorrectionMax)
                || !IsWithin(OffsetMilliwatts[i], OffsetMilliwattsMax))
            {
                return "a current range: from up to 1000000 mA, gain and phase to 100000 and offset to 20000 either "
                    + "way";
            }
        }

        return null;
    }

    /// <summary>The range of a current that is read in <paramref name="range"/> now.</summary>
    public int Follow(int range, int milliamps)
    {
        while (range + 1 < Count && milliamps >= FromMilliamps[range + 1])
        {
            range++;
        }

        while (range > 0 && milliamps < LowerEdge(range))
        {
            range--;
        }

        return range;
    }

    private int LowerEdge(int range) =>
        (int)((long)FromMilliamps[range] * (1000 - HysteresisPermille) / 1000);

    private int[] Column(int column) =>
        column == 0 ? FromMilliamps : column == 1 ? GainMillionths : column == 2 ? OffsetMilliwatts : PhaseMicroradians;

    private static bool IsSeparated(string text, int at, bool isLast) =>
        at == text.Length ? isLast : text[at] == (isLast ? ';' : ',');

    /// <summary>A whole number of at most seven digits.</summary>
    private static bool TryNumber(string text, ref int at, out int value)
    {
        bool isNegative = at < text.Length && text[at] == '-';
        at += isNegative ? 1 : 0;
        int digits = 0;
        value = 0;
        while (at < text.Length && text[at] >= '0' && text[at] <= '9' && digits < 8)
        {
            value = value * 10 + (text[at] - '0');
            digits++;
            at++;
        }

        value = isNegative ? -value : value;
        return digits >= 1 && digits <= 7;
    }

    private static bool IsWithin(int value, int max) => value >= -max && value <= max;
}

namespace MeterFirmware.Hardware;

/// <summary>Corrections of a sensor as rows of whole numbers, one for each channel and range of current. A channel's
/// rows have the same registers, for the chip has one set of them, and what the firmware corrects on top in their
/// range.</summary>
public class CalibrationRows
{
    public const int RowCountMax = 8;

    // Columns of a row.
    public const int Channel = 0;

    /// <summary>Lower end of the current range, mA.</summary>
    public const int FromMilliamps = 1;

    /// <summary>Gain registers, as the chip's data sheet counts them.</summary>
    public const int VoltageGain = 2;
    public const int CurrentGain = 3;
    public const int PowerGain = 4;

    /// <summary>Offset of active power in the chip's counts.</summary>
    public const int PowerOffset = 5;

    /// <summary>Phase in the chip's steps.</summary>
    public const int Phase = 6;

    /// <summary>Largest error of active energy before and after, millionths.</summary>
    public const int ErrorBefore = 7;
    public const int ErrorAfter = 8;

    /// <summary>What the firmware corrects in this range: millionths, mW, µrad (CurrentRangeTable of the ADE7953's
    /// driver).
    /// </summary>
    public const int RangeGain = 9;
    public const int RangeOffset = 10;
    public const int RangePhase = 11;
    public const int ColumnCount = 12;

    private readonly int[] _rows = new int[RowCountMax * ColumnCount];

    /// <summary>Rows that mean something, 0 to <see cref="RowCountMax"/>.</summary>
    public int RowCount { get; set; }

    public int Get(int row, int column) => _rows[row * ColumnCount + column];

    public void Set(int row, int column, int value) => _rows[row * ColumnCount + column] = value;

    /// <summary>First row of a channel; −1: it has none. Its others follow directly.</summary>
    /// <param name="channel">From 0.</param>
    /// <param name="count">How many the channel has.</param>
    public int FindChannel(int channel, out int count)
    {
        int first = -1;
        count = 0;
        for (int row = 0; row < RowCount; row++)
        {
            if (Get(row, Channel) == channel)
            {
                first = first < 0 ? row : first;
                count++;
            }
        }

        return first;
    }

    /// <summary>Sets all rows to 0.</summary>
    protected void ClearRows()
    {
        for (int i = 0; i < _rows.Length; i++)
        {
            _rows[i] = 0;
        }
    }
}

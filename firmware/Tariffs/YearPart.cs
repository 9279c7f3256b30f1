namespace MeterFirmware.Tariffs;

/// <summary>Parts of a year by their first days: seasons of day tables, of prices, of tier thresholds. Before the first
/// one's date the last one of the year before still runs.</summary>
internal static class YearPart
{
    /// <summary>The part that holds a date; each entry begins with a byte of month and one of day, ascending.</summary>
    public static int Find(byte[] bytes, int at, int entryBytes, int count, int month, int day)
    {
        int part = count - 1;
        int today = month * 32 + day;
        for (int i = 0; i < count; i++, at += entryBytes)
        {
            if (bytes[at] * 32 + bytes[at + 1] > today)
            {
                break;
            }

            part = i;
        }

        return part;
    }

    /// <summary>The same of first days as month × 32 + day.</summary>
    public static int Find(short[] starts, int month, int day)
    {
        int part = starts.Length - 1;
        for (int i = 0; i < starts.Length && starts[i] <= month * 32 + day; i++)
        {
            part = i;
        }

        return part;
    }
}

using MeterFirmware.Dlt698;

namespace MeterFirmware.Dlt698Meter;

/// <summary>What the rows of a record keep, in the order of an answer to who names no columns.</summary>
internal static class RecordColumns
{
    private static readonly int[] _events = { 0x20220200, 0x201E0200, 0x20200200 };

    private static readonly int[] _minutes =
    {
        0x20210200, 0x20000200, 0x20010200, 0x20040200, 0x20050200, 0x200A0200, 0x200F0200, 0x00100201, 0x00200201,
        0x00500201, 0x00600201, 0x00700201, 0x00800201, 0x20170200,
    };

    private static readonly int[] _hours = { 0x20210200, 0x00100201, 0x00200201 };

    private static readonly int[] _freezes =
    {
        0x20210200, 0x00000200, 0x00100200, 0x00200200, 0x00300200, 0x00400200, 0x00500200, 0x00600200, 0x00700200,
        0x00800200, 0x10100200, 0x10200200,
    };

    /// <summary>The n-th column, from 0; 0: there are no more.</summary>
    public static int Of(int oi, int index)
    {
        int[] columns = oi >> 8 == 0x30 ? _events : oi == RecordRows.Minute ? _minutes
            : oi == RecordRows.Hour ? _hours : _freezes;
        return index < columns.Length ? columns[index] : 0;
    }

    /// <summary>The list as data: an array of objects.</summary>
    public static void Write(int oi, Dlt698Writer writer)
    {
        int count = 0;
        while (Of(oi, count) != 0)
        {
            count++;
        }

        writer.StartArray(count);
        for (int i = 0; i < count; i++)
        {
            writer.Byte(Dlt698Tag.Oad);
            writer.UInt32(Of(oi, i));
        }
    }
}

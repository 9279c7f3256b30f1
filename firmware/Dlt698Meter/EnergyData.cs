using MeterFirmware.Dlt645;
using MeterFirmware.Dlt698;

namespace MeterFirmware.Dlt698Meter;

/// <summary>How registers lie in messages.</summary>
internal static class EnergyData
{
    /// <summary>Quantities are those of DL/T 645, 00 to 08: combined, forward, reverse, combined reactive 1 and 2,
    /// quadrants.</summary>
    public const int LastQuantity = 8;

    /// <summary>Up to here they are active energies.</summary>
    public const int LastActive = 2;

    /// <summary>Combined energies have a sign.</summary>
    public static int TagOf(int quantity, bool isFine)
    {
        bool isSigned = quantity == 0 || quantity == 3 || quantity == 4;
        return isFine ? isSigned ? Dlt698Tag.Int64 : Dlt698Tag.UInt64 : isSigned ? Dlt698Tag.Int32 : Dlt698Tag.UInt32;
    }

    /// <summary>Structure of the value, 0.0001 kW, and its time.</summary>
    /// <param name="minuteDigits">YYMMDDhhmm; 0: no maximum yet.</param>
    public static void WriteDemand(Dlt698Writer writer, long value, long minuteDigits)
    {
        writer.StartStructure(2);
        writer.Number(Dlt698Tag.UInt32, value);
        WriteMinute(writer, minuteDigits);
    }

    /// <summary>A time of YYMMDDhhmm; 0 is none.</summary>
    public static void WriteMinute(Dlt698Writer writer, long minuteDigits)
    {
        bool isThere = Dlt645Time.TryFromSecondDigits(minuteDigits * 100, out long localSeconds) && minuteDigits > 0;
        writer.Time(isThere, localSeconds);
    }
}

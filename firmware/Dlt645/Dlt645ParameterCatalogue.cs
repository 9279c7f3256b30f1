using F = MeterFirmware.Dlt645.Dlt645Format;
using L = MeterFirmware.Dlt645.Dlt645Label;

namespace MeterFirmware.Dlt645;

/// <summary>Parameters, identifiers 04 xx: DL/T 645-2007 table A.5 and its 2009 supplement.</summary>
internal static class Dlt645ParameterCatalogue
{
    public static bool TryDescribe(int di, Dlt645Item item)
    {
        int group = Dlt645Catalogue.Byte2(di);
        int row = Dlt645Catalogue.Byte1(di);
        int last = Dlt645Catalogue.Byte0(di);
        switch (group)
        {
            case 0x00:
                return TryGeneral(di, row, last, item);
            case 0x01:
            case 0x02:
                return row == 0 && TryTable(di, last, item);
            case 0x03:
                return row == 0 && last >= 1 && last <= 0xFE && Dlt645Catalogue.One(di, F.Of(F.Holiday, 4), item);
            case 0x05:
                return (row == 1 || row == 2) && last >= 1 && last <= Dlt645Catalogue.RatesMax
                    && Dlt645Catalogue.One(di, F.Price, item);
            case 0x06:
                // 00, 02 tier limits of the first and second set; 01, 03 tier prices.
                return row <= 3 && last >= 1 && last <= 7
                    && Dlt645Catalogue.One(di, (row & 1) == 0 ? F.Energy : F.Price, item);
            case 0x80:
                return row == 0 && last >= 1 && last <= 3 && Text(di, 32, item);
            default:
                return false;
        }
    }

    private static bool TryTable(int di, int table, Dlt645Item item)
    {
        if (table > 8)
        {
            return false;
        }

        item.Begin(di, table == 0 ? Dlt645Item.RepeatZones : Dlt645Item.RepeatPeriods);
        item.Add(F.Of(table == 0 ? F.Zone : F.Period, 3), L.Value);
        return true;
    }

    private static bool TryGeneral(int di, int row, int last, Dlt645Item item)
    {
        int format = FormatOf(row, last);
        if (format != 0)
        {
            return Dlt645Catalogue.One(di, format, item);
        }

        // Plate data as ASCII.
        int length = row != 4 ? 0
            : last == 3 ? 32
            : last >= 4 && last <= 6 ? 6
            : last == 7 || last == 8 ? 4
            : last == 0x0B || last == 0x0C ? 10
            : last == 0x0D ? 16
            : 0;
        return length > 0 && Text(di, length, item);
    }

    private static bool Text(int di, int length, Dlt645Item item)
    {
        item.Begin(di, Dlt645Item.RepeatNone);
        for (int i = 0; i < length; i++)
        {
            item.Add(F.Character, L.Character);
        }

        return true;
    }

    private static int FormatOf(int row, int last)
    {
        switch (row)
        {
            case 0x01:
                return ClockFormat(last);
            case 0x02:
                return last >= 1 && last <= 7 ? last == 5 ? F.Count2 : F.Count1 : 0;
            case 0x03:
                return last >= 1 && last <= 5 ? F.Count1 : last == 6 || last == 7 ? F.Count3 : 0;
            case 0x04:
                return last == 1 || last == 2 || last == 0x0E ? F.Of(F.Digits, 6)
                    : last == 9 || last == 0x0A ? F.Count3
                    : 0;
            case 0x05:
                return last >= 1 && last <= 7 ? F.Hex2 : 0;
            case 0x06:
                return last >= 1 && last <= 3 ? F.Hex1 : 0;
            case 0x07:
                return last >= 1 && last <= 5 ? F.Hex1 : 0;
            case 0x08:
                return last == 1 ? F.Hex1 : last == 2 ? F.Count1 : 0;
            case 0x09:
                return last >= 1 && last <= 6 ? F.Hex1 : 0;
            case 0x0A:
                return last == 1 ? F.Of(F.MonthToMinute, 4) : last >= 2 && last <= 7 ? F.Minutes2 : 0;
            case 0x0B:
                return last >= 1 && last <= 3 ? F.Of(F.DayHour, 2) : 0;
            case 0x0F:
                return last >= 1 && last <= 4 ? F.Energy : 0;
            case 0x10:
                return last >= 1 && last <= 5 ? F.Money : 0;
            case 0x12:
                return last == 1 ? F.TimeToMinute : last == 2 ? F.Minutes1 : last == 3 ? F.Of(F.HourMinute, 2) : 0;
            default:
                return 0;
        }
    }

    private static int ClockFormat(int last)
    {
        switch (last)
        {
            case 0x01:
                return F.Of(F.DateWeekday, 4);
            case 0x02:
                return F.Of(F.TimeOfDay, 3);
            case 0x03:
            case 0x04:
                return F.Minutes1;
            case 0x05:
                return F.Count2;
            case 0x06:
            case 0x07:
            case 0x08:
            case 0x09:
                return F.TimeToMinute;
            case 0x0C:
                return F.Of(F.DateWeekdayTime, 7);
            default:
                return 0;
        }
    }
}

namespace MeterFirmware.Dlt645;

/// <summary>How one field lies in the data: packed into 16 bits, so that a catalogue entry is a short array of
/// primitives. Bits 0–3 bytes, 4–7 decimal places, 8–11 kind, 12–15 unit.</summary>
public static class Dlt645Format
{
    /// <summary>BCD, low byte first.</summary>
    public const int Number = 0;

    /// <summary>BCD whose top bit is the sign: 1 is negative (notes of tables A.1, A.3).</summary>
    public const int SignedNumber = 1;

    /// <summary>Binary, low byte first: status words, operator codes, identifiers.</summary>
    public const int Hex = 2;

    /// <summary>One ASCII character.</summary>
    public const int Text = 3;

    // Calendar fields are BCD digits; the value is the digits read as one number: 2601310815.
    public const int YearToMinute = 4;
    public const int YearToSecond = 5;
    public const int DateWeekday = 6;
    public const int TimeOfDay = 7;
    public const int MonthToMinute = 8;
    public const int DayHour = 9;
    public const int Zone = 10;
    public const int Period = 11;
    public const int Holiday = 12;
    public const int HourMinute = 13;
    public const int DateWeekdayTime = 14;

    /// <summary>BCD digits that are a name, not a quantity: shown with their leading zeros.</summary>
    public const int Digits = 15;

    public const int UnitNone = 0;
    public const int KilowattHours = 1;
    public const int KilovarHours = 2;
    public const int KilovoltampereHours = 3;
    public const int Kilowatts = 4;
    public const int Kilovars = 5;
    public const int Kilovoltamperes = 6;
    public const int Volts = 7;
    public const int Amperes = 8;
    public const int Hertz = 9;
    public const int Degrees = 10;
    public const int Percent = 11;
    public const int Celsius = 12;
    public const int Minutes = 13;
    public const int Yuan = 14;
    public const int YuanPerKilowattHour = 15;

    public const int Energy = 4 | (2 << 4) | (KilowattHours << 12);
    public const int SignedEnergy = Energy | (SignedNumber << 8);
    public const int ReactiveEnergy = 4 | (2 << 4) | (KilovarHours << 12);
    public const int SignedReactiveEnergy = ReactiveEnergy | (SignedNumber << 8);
    public const int ApparentEnergy = 4 | (2 << 4) | (KilovoltampereHours << 12);
    public const int Power = 3 | (4 << 4) | (SignedNumber << 8) | (Kilowatts << 12);
    public const int ReactivePower = 3 | (4 << 4) | (SignedNumber << 8) | (Kilovars << 12);
    public const int ApparentPower = 3 | (4 << 4) | (SignedNumber << 8) | (Kilovoltamperes << 12);
    public const int Voltage = 2 | (1 << 4) | (Volts << 12);
    public const int Current = 3 | (3 << 4) | (SignedNumber << 8) | (Amperes << 12);
    public const int PowerFactor = 2 | (3 << 4) | (SignedNumber << 8);
    public const int Angle = 2 | (1 << 4) | (Degrees << 12);
    public const int Share = 2 | (2 << 4) | (Percent << 12);
    public const int Frequency = 2 | (2 << 4) | (Hertz << 12);
    public const int Temperature = 2 | (1 << 4) | (SignedNumber << 8) | (Celsius << 12);
    public const int BatteryVoltage = 2 | (2 << 4) | (Volts << 12);
    public const int Price = 4 | (4 << 4) | (YuanPerKilowattHour << 12);
    public const int Money = 4 | (2 << 4) | (Yuan << 12);
    public const int AmpereHours = 4 | (2 << 4);
    public const int Count1 = 1;
    public const int Count2 = 2;
    public const int Count3 = 3;
    public const int Minutes1 = 1 | (Minutes << 12);
    public const int Minutes2 = 2 | (Minutes << 12);
    public const int Minutes3 = 3 | (Minutes << 12);
    public const int Hex1 = 1 | (Hex << 8);
    public const int Hex2 = 2 | (Hex << 8);
    public const int Hex4 = 4 | (Hex << 8);
    public const int Character = 1 | (Text << 8);
    public const int TimeToMinute = 5 | (YearToMinute << 8);
    public const int TimeToSecond = 6 | (YearToSecond << 8);

    /// <summary>Bytes on the line, 1 to 7.</summary>
    public static int BytesOf(int format) => format & 0xF;

    /// <summary>Decimal places: 2307 with 1 is 230.7.</summary>
    public static int PlacesOf(int format) => (format >> 4) & 0xF;

    public static int KindOf(int format) => (format >> 8) & 0xF;

    public static int UnitOf(int format) => (format >> 12) & 0xF;

    /// <summary>Packs a BCD field without unit or places.</summary>
    public static int Of(int kind, int bytes) => bytes | (kind << 8);

    /// <summary>
    /// Reads one field as a scaled integer. False: a digit above 9, which meters use for "no value" (FF…).
    /// </summary>
    public static bool TryRead(int format, byte[] bytes, int offset, out long value)
    {
        value = 0;
        int count = BytesOf(format);
        int kind = KindOf(format);
        if (kind == Hex || kind == Text)
        {
            for (int i = count - 1; i >= 0; i--)
            {
                value = (value << 8) | bytes[offset + i];
            }

            return true;
        }

        bool negative = false;
        for (int i = count - 1; i >= 0; i--)
        {
            int pair = bytes[offset + i];
            if (kind == SignedNumber && i == count - 1)
            {
                negative = (pair & 0x80) != 0;
                pair &= 0x7F;
            }

            if ((pair & 0x0F) > 9 || (pair >> 4) > 9)
            {
                return false;
            }

            value = value * 100 + (pair >> 4) * 10 + (pair & 0x0F);
        }

        value = negative ? -value : value;
        return true;
    }

    /// <summary>Writes one field. False: the value does not fit (or is negative where no sign is).</summary>
    public static bool TryWrite(int format, long value, byte[] bytes, int offset)
    {
        int count = BytesOf(format);
        int kind = KindOf(format);
        if (kind == Hex || kind == Text)
        {
            for (int i = 0; i < count; i++)
            {
                bytes[offset + i] = (byte)(value >> (8 * i));
            }

            return count == 8 || (value >> (8 * count)) == 0;
        }

        bool negative = value < 0;
        long rest = negative ? -value : value;
        if (negative && kind != SignedNumber)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            int pair = (int)(rest % 100);
            rest /= 100;
            bytes[offset + i] = (byte)(((pair / 10) << 4) | (pair % 10));
        }

        if (kind == SignedNumber)
        {
            if ((bytes[offset + count - 1] & 0x80) != 0)
            {
                return false;
            }

            if (negative)
            {
                bytes[offset + count - 1] |= 0x80;
            }
        }

        return rest == 0;
    }
}

using System.Globalization;
using MeterFirmware.Dlt645;

namespace MeterFirmware.Tools.MeterCtl.Dlt645;

/// <summary>Reads what people type: addresses, identifiers, hex, passwords, times. Throws
/// <see cref="InputException"/>.</summary>
public static class Dlt645Input
{
    /// <summary>Bytes of hex text; blanks, commas and colons may part the bytes.</summary>
    public static byte[] Bytes(IEnumerable<string> texts, string what)
    {
        List<byte> bytes = [];
        foreach (string text in texts)
        {
            foreach (string word in text.Split([' ', '\t', '\r', '\n', ',', ':', '-'],
                StringSplitOptions.RemoveEmptyEntries))
            {
                string digits = word.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? word[2..] : word;
                if (digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit))
                {
                    throw new InputException($"{what}: '{word}' is not hex bytes (two hex digits each)");
                }

                bytes.AddRange(Convert.FromHexString(digits));
            }
        }

        return [.. bytes];
    }

    /// <summary>Six bytes, low first, of up to twelve digits; AA pairs are wildcards.</summary>
    public static byte[] Address(string text, string what)
    {
        string digits = text.PadLeft(12, '0').ToUpperInvariant();
        byte[] address = new byte[Dlt645Protocol.AddressLength];
        for (int i = 0; i < address.Length; i++)
        {
            string pair = digits.Length == 12 ? digits.Substring(10 - 2 * i, 2) : "";
            if (pair == "AA" || (pair.Length == 2 && pair.All(char.IsAsciiDigit)))
            {
                address[i] = Convert.ToByte(pair, 16);
                continue;
            }

            throw new InputException(
                $"{what}: '{text}' is not a meter address (at most 12 digits, AA for a wildcard pair)");
        }

        return address;
    }

    public static int Identifier(string text, string what)
    {
        string digits = text.Replace(" ", "", StringComparison.Ordinal);
        if (digits.Length != 8
            || !int.TryParse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int di))
        {
            throw new InputException(
                $"{what}: '{text}' is not a data identifier (8 hex digits, DI3 first, such as 00010000)");
        }

        return di;
    }

    /// <summary>Level and six digits, "02:123456", as PA P0 P1 P2: low byte first.</summary>
    public static byte[] Password(string text, string what)
    {
        string digits = text.Replace(":", "", StringComparison.Ordinal);
        if (digits.Length != 8 || !digits.All(char.IsAsciiDigit) || digits[0] != '0')
        {
            throw new InputException(
                $"{what}: '{text}' is not a password (level 00 to 09, colon, 6 digits: 02:123456)");
        }

        byte[] bytes = Convert.FromHexString(digits);
        return [bytes[0], bytes[3], bytes[2], bytes[1]];
    }

    /// <summary>Eight hex digits as four bytes, low first.</summary>
    public static byte[] Operator(string text, string what)
    {
        if (text.Length != 8 || !text.All(char.IsAsciiHexDigit))
        {
            throw new InputException($"{what}: '{text}' is not an operator code (8 hex digits)");
        }

        byte[] bytes = Convert.FromHexString(text);
        Array.Reverse(bytes);
        return bytes;
    }

    /// <summary>Local date and time as ss mm hh DD MM YY in BCD.</summary>
    public static byte[] Time(string text, string what)
    {
        if (text == "now")
        {
            text = DateTime.Now.ToString("s", CultureInfo.InvariantCulture);
        }

        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime t)
            || t.Year is < 2000 or > 2099)
        {
            throw new InputException(
                $"{what}: '{text}' is not a time of 2000 to 2099 (such as 2026-01-31T08:15:00, or now)");
        }

        return [Bcd(t.Second), Bcd(t.Minute), Bcd(t.Hour), Bcd(t.Day), Bcd(t.Month), Bcd(t.Year % 100)];
    }

    public static byte Bcd(int value) => (byte)(((value / 10) << 4) | (value % 10));
}

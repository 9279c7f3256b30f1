namespace MeterFirmware.Dlt645;

/// <summary>Address and password of a line as a person writes them into a settings file.</summary>
public static class Dlt645SettingTexts
{
    /// <summary>Twelve digits into the address, low byte first. False: they are not.</summary>
    public static bool TryAddress(string digits, Dlt645Settings settings) =>
        digits.Length == 12 && TryDigits(digits, settings.Address);

    /// <summary>Level and password, "02:123456"; empty: nobody may write. False: it is neither.</summary>
    public static bool TryPassword(string text, Dlt645Settings settings)
    {
        byte[] password = new byte[3];
        byte[] level = new byte[1];
        if (text == "")
        {
            return true;
        }

        if (text.Length != 9 || text[2] != ':' || !TryDigits(text.Substring(3), password)
            || !TryDigits(text.Substring(0, 2), level) || level[0] >= Dlt645Settings.LevelCount)
        {
            return false;
        }

        settings.Passwords[level[0]] = password[0] | (password[1] << 8) | (password[2] << 16);
        return true;
    }

    /// <summary>Pairs of digits, the last one first.</summary>
    private static bool TryDigits(string digits, byte[] bytes)
    {
        for (int i = 0; i < digits.Length; i++)
        {
            if (digits[i] < '0' || digits[i] > '9')
            {
                return false;
            }

            int at = bytes.Length - 1 - i / 2;
            bytes[at] = (byte)((bytes[at] << 4) | (digits[i] - '0'));
        }

        return true;
    }
}

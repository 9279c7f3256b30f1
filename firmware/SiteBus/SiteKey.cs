using MeterFirmware.Basics;

namespace MeterFirmware.SiteBus;

/// <summary>A site key as text.</summary>
public static class SiteKey
{
    /// <summary>16 bytes of 32 hexadecimal digits; null: it is none.</summary>
    public static byte[] Read(string text)
    {
        if (text.Length != 2 * SiteSeal.KeyBytes)
        {
            return null;
        }

        byte[] key = new byte[SiteSeal.KeyBytes];
        for (int i = 0; i < text.Length; i++)
        {
            int digit = HexDigits.ValueOf(text[i]);
            if (digit < 0)
            {
                return null;
            }

            key[i / 2] = (byte)((key[i / 2] << 4) | digit);
        }

        return key;
    }
}

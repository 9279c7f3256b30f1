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
            int c = text[i] | 0x20;
            int digit = text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0)
            {
                return null;
            }

            key[i / 2] = (byte)((key[i / 2] << 4) | digit);
        }

        return key;
    }
}

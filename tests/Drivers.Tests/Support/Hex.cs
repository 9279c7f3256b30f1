namespace MeterFirmware.Drivers.Tests.Support;

/// <summary>Frames as the facts write them.</summary>
internal static class Hex
{
    private const string Digits = "0123456789ABCDEF";

    /// <summary>Two digits a byte, spaces allowed.</summary>
    public static byte[] Bytes(string text)
    {
        byte[] bytes = new byte[text.Length];
        int digits = 0;
        foreach (char c in text)
        {
            int digit = Digits.IndexOf(c);
            if (digit >= 0)
            {
                bytes[digits / 2] = (byte)((bytes[digits / 2] << 4) | digit);
                digits++;
            }
        }

        byte[] result = new byte[digits / 2];
        System.Array.Copy(bytes, result, result.Length);
        return result;
    }

    public static string Text(byte[] bytes, int count)
    {
        string text = "";
        for (int i = 0; i < count; i++)
        {
            text += (i == 0 ? "" : " ") + Digits[bytes[i] >> 4] + Digits[bytes[i] & 15];
        }

        return text;
    }
}

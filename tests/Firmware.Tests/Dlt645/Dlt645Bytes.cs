using MeterFirmware.Dlt645;

namespace MeterFirmware.Firmware.Tests.Dlt645;

/// <summary>Hex text and bytes for the tests; the device has no Convert.FromHexString.</summary>
public static class Dlt645Bytes
{
    public static byte[] Of(string hex)
    {
        int digits = 0;
        for (int i = 0; i < hex.Length; i++)
        {
            digits += hex[i] == ' ' ? 0 : 1;
        }

        byte[] bytes = new byte[digits / 2];
        int at = 0;
        for (int i = 0; i < hex.Length; i++)
        {
            if (hex[i] != ' ')
            {
                bytes[at / 2] = (byte)((bytes[at / 2] << 4) | Digit(hex[i]));
                at++;
            }
        }

        return bytes;
    }

    public static string Text(byte[] bytes, int offset, int count)
    {
        const string digits = "0123456789ABCDEF";
        string text = "";
        for (int i = 0; i < count; i++)
        {
            text += (i > 0 ? " " : "") + digits[bytes[offset + i] >> 4] + digits[bytes[offset + i] & 15];
        }

        return text;
    }

    /// <summary>A whole frame as text, data without the 33.</summary>
    public static byte[] Frame(string address, int control, string data)
    {
        Dlt645Frame frame = new Dlt645Frame();
        frame.SetAddress(Of(address));
        frame.Control = control;
        byte[] bytes = Of(data);
        frame.Length = bytes.Length;
        for (int i = 0; i < bytes.Length; i++)
        {
            frame.Data[i] = bytes[i];
        }

        byte[] line = new byte[frame.EncodedLength];
        frame.Encode(0, line, 0);
        return line;
    }

    private static int Digit(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

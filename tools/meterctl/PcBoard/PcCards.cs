using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.MeterCtl.PcBoard;

/// <summary>A card reader on which somebody lays a card for two seconds.</summary>
internal sealed class PcCards : ICardReader
{
    private const int LiesMs = 2_000;

    private byte[]? _uid;
    private long _untilMs = -1;

    public bool IsReady => true;

    /// <summary>4, 7 or 10 bytes in hexadecimal digits.</summary>
    public static bool TryRead(string text, out byte[] uid)
    {
        uid = [];
        if (text.Length is not (8 or 14 or 20) || !text.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        uid = Convert.FromHexString(text);
        return true;
    }

    public void Lay(byte[] uid)
    {
        _uid = uid;
        _untilMs = -1;
    }

    public bool TryReadUid(long nowMs, byte[] uid, out int uidLength)
    {
        uidLength = 0;
        if (_uid is null)
        {
            return false;
        }

        _untilMs = _untilMs < 0 ? nowMs + LiesMs : _untilMs;
        if (nowMs >= _untilMs)
        {
            _uid = null;
            return false;
        }

        _uid.CopyTo(uid, 0);
        uidLength = _uid.Length;
        return true;
    }
}

using MeterFirmware.Basics;

namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// A contactless card as ISO/IEC 14443-3 type A sees it during activation, frame in, frame out: idle, ready at a
/// cascade level, active, halted. Written apart from the driver on purpose, down to its own CRC. Faults on demand.
/// </summary>
public sealed class CardTwin
{
    private const int Idle = 0;
    private const int Ready = 1;
    private const int Active = 2;
    private const int Halted = 3;

    private readonly byte[] _uid;
    private int _state;
    private int _level;
    private bool _wasHalted;

    /// <param name="uid">4, 7 or 10 bytes.</param>
    public CardTwin(byte[] uid)
    {
        Invariant.Require(uid.Length == 4 || uid.Length == 7 || uid.Length == 10,
            "card twin: a UID has 4, 7 or 10 bytes");
        _uid = uid;
    }

    public byte[] Uid => _uid;

    /// <summary>The check byte of every level is wrong.</summary>
    public bool HasWrongBcc { get; set; }

    /// <summary>The checksum of the answer to a select is wrong.</summary>
    public bool HasWrongCrc { get; set; }

    /// <summary>Claims to be complete after the first level although the UID goes on.</summary>
    public bool EndsEarly { get; set; }

    /// <summary>Answers to anticollision break off after three bytes: a card that is pulled away.</summary>
    public bool IsPulledAway { get; set; }

    public bool IsHalted => _state == Halted;

    /// <summary>The field went away.</summary>
    public void LoseField() => _state = Idle;

    /// <summary>One frame from the reader. Returns the length of the answer, 0 for none.</summary>
    /// <param name="frame">Bytes, CRC included where the frame has one.</param>
    /// <param name="count">Bytes in it.</param>
    /// <param name="lastBits">Bits of the last byte that were sent; 0 = all.</param>
    /// <param name="answer">At least 5 bytes.</param>
    public int Answer(byte[] frame, int count, int lastBits, byte[] answer)
    {
        bool isShort = count == 1 && lastBits == 7;
        if (_state == Idle || _state == Halted)
        {
            bool isMine = isShort && (frame[0] == 0x52 || (frame[0] == 0x26 && _state == Idle));
            return isMine ? Wake(answer) : 0;
        }

        if (_state == Ready && !isShort && lastBits == 0 && count >= 2 && frame[0] == 0x93 + 2 * _level)
        {
            if (count == 2 && frame[1] == 0x20)
            {
                return ShowLevel(answer);
            }

            if (count == 9 && frame[1] == 0x70 && IsCrcGood(frame, 7) && IsMyLevel(frame))
            {
                return Select(answer);
            }
        }

        bool isHalt = _state == Active && count == 4 && frame[0] == 0x50 && frame[1] == 0 && IsCrcGood(frame, 2);

        // Anything unexpected sends a card back to where it came from, without a word.
        _state = isHalt || _wasHalted ? Halted : Idle;
        return 0;
    }

    private int Wake(byte[] answer)
    {
        _wasHalted = _state == Halted;
        _state = Ready;
        _level = 0;
        answer[0] = (byte)(_uid.Length == 4 ? 0x04 : _uid.Length == 7 ? 0x44 : 0x84);
        answer[1] = 0;
        return 2;
    }

    private int ShowLevel(byte[] answer)
    {
        byte check = 0;
        for (int i = 0; i < 4; i++)
        {
            answer[i] = LevelByte(i);
            check ^= answer[i];
        }

        answer[4] = (byte)(HasWrongBcc ? check ^ 0x10 : check);
        return IsPulledAway ? 3 : 5;
    }

    private int Select(byte[] answer)
    {
        bool isLast = IsLastLevel || EndsEarly;
        answer[0] = (byte)(isLast ? 0x08 : 0x04);
        int crc = Crc(answer, 1) ^ (HasWrongCrc ? 1 : 0);
        answer[1] = (byte)(crc & 0xFF);
        answer[2] = (byte)(crc >> 8);
        _state = isLast ? Active : Ready;
        _level = isLast ? 0 : _level + 1;
        return 3;
    }

    private bool IsLastLevel => _level == (_uid.Length - 4) / 3;

    // All levels but the last: the cascade tag and three bytes.
    private byte LevelByte(int index)
    {
        if (IsLastLevel)
        {
            return _uid[3 * _level + index];
        }

        return index == 0 ? (byte)0x88 : _uid[3 * _level + index - 1];
    }

    private bool IsMyLevel(byte[] frame)
    {
        byte check = 0;
        for (int i = 0; i < 4; i++)
        {
            if (frame[2 + i] != LevelByte(i))
            {
                return false;
            }

            check ^= frame[2 + i];
        }

        return frame[6] == (byte)(HasWrongBcc ? check ^ 0x10 : check);
    }

    private static bool IsCrcGood(byte[] frame, int count) => (frame[count] | (frame[count + 1] << 8))
        == Crc(frame, count);

    // ISO/IEC 14443-3 annex B, the byte-wise form.
    private static int Crc(byte[] bytes, int count)
    {
        int crc = 0x6363;
        for (int i = 0; i < count; i++)
        {
            int b = (bytes[i] ^ crc) & 0xFF;
            b = (b ^ (b << 4)) & 0xFF;
            crc = ((crc >> 8) ^ (b << 8) ^ (b << 3) ^ (b >> 4)) & 0xFFFF;
        }

        return crc;
    }
}

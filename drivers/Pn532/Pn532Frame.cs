namespace MeterFirmware.Drivers.Pn532;

/// <summary>
/// Finds the chip's frames in a stream of bytes (UM0701-02 section 6.2.1): preamble, 00 FF, LEN, LCS, TFI 0xD5, data,
/// DCS. The acknowledge frame has LEN 00 and LCS FF. Whatever does not add up is dropped, and the search begins anew.
/// </summary>
internal sealed class Pn532Frame
{
    public const int None = 0;
    public const int Acknowledge = 1;
    public const int Answer = 2;
    public const int Broken = 3;

    // The longest answer that we ask for: two targets of 10-byte UIDs without ATS; all of a short frame fits.
    private const int BytesMax = 255;
    private const int FromChip = 0xD5;

    private readonly byte[] _data = new byte[BytesMax];
    private int _at;
    private int _sum;
    private bool _hasZero;

    /// <summary>Bytes after TFI of the last answer: code, then data.</summary>
    public byte[] Data => _data;

    /// <summary>How many of <see cref="Data"/> count.</summary>
    public int Length { get; private set; }

    /// <summary>Forgets a frame that was begun.</summary>
    public void Clear()
    {
        _at = 0;
        _hasZero = false;
    }

    /// <summary>Takes one byte and says what it completed.</summary>
    public int Take(byte value)
    {
        switch (_at)
        {
            case 0:
                // Start code 00 FF; any number of zeros may stand before.
                _at = _hasZero && value == 0xFF ? 1 : 0;
                _hasZero = value == 0;
                return None;
            case 1:
                Length = value;
                _at = 2;
                return None;
            case 2:
                return TakeLengthCheck(value);
            case 3:
                _sum = value;
                _at = 4;
                if (value != FromChip)
                {
                    Clear();
                    return Broken;
                }

                return None;
            default:
                return TakeData(value);
        }
    }

    private int TakeLengthCheck(byte value)
    {
        bool isAcknowledge = Length == 0 && value == 0xFF;
        bool isGood = ((Length + value) & 0xFF) == 0 && Length >= 2;
        if (isGood)
        {
            // TFI counts to LEN.
            Length--;
            _at = 3;
            return None;
        }

        Clear();
        return isAcknowledge ? Acknowledge : Broken;
    }

    private int TakeData(byte value)
    {
        int index = _at - 4;
        _sum += value;
        if (index < Length)
        {
            _data[index] = value;
            _at++;
            return None;
        }

        Clear();
        return (_sum & 0xFF) == 0 ? Answer : Broken;
    }
}

using MeterFirmware.Basics;

namespace MeterFirmware.Telemetry;

/// <summary>
/// The mac of an acknowledgement: the first 8 bytes of HMAC-SHA256 over "DEVICE\nJOURNAL\nNUMBER", where JOURNAL is its
/// 16 digits (nothing for a log without identity). No device and no journal holds a line feed, so no two
/// acknowledgements have one text. 8 bytes are below the 10 of RFC 2104, section 5: they are checked on one device, a
/// few times a second.
/// </summary>
public sealed class AcknowledgementMac
{
    public const int Bytes = 8;

    // 32 of the device, 16 of the journal, 19 of the number, two line feeds.
    private readonly ByteTextWriter _text = new ByteTextWriter(72);
    private readonly byte[] _tag = new byte[HmacSha256.TagBytes];
    private readonly string _device;

    /// <param name="device">Device address.</param>
    public AcknowledgementMac(string device)
    {
        _device = device;
    }

    /// <summary>True when the first <see cref="Bytes"/> of <paramref name="mac"/> are the mac, in a time that does not
    /// depend on where they differ.</summary>
    /// <param name="hmac">Holds the key.</param>
    /// <param name="journal">Identity of the record log; null: it has none.</param>
    public bool IsGood(HmacSha256 hmac, string journal, long upTo, byte[] mac)
    {
        byte[] good = Of(hmac, journal, upTo);
        int difference = 0;
        for (int i = 0; i < Bytes; i++)
        {
            difference |= good[i] ^ mac[i];
        }

        return difference == 0;
    }

    /// <summary>The mac in the first <see cref="Bytes"/> of an array that the next call writes over.</summary>
    public byte[] Of(HmacSha256 hmac, string journal, long upTo)
    {
        _text.Clear();
        _text.Raw(_device);
        _text.Byte((byte)'\n');
        _text.Raw(journal == null ? "" : journal);
        _text.Byte((byte)'\n');
        _text.Integer(upTo);
        hmac.Add(_text.Bytes, 0, _text.Length);
        hmac.Finish(_tag, 0);
        return _tag;
    }
}

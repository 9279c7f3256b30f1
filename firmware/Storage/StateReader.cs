using MeterFirmware.Basics;

namespace MeterFirmware.Storage;

/// <summary>
/// Reads what <see cref="StateWriter"/> wrote. Nothing is given out before every section was seen to be whole. A tag
/// that the caller does not ask for is passed over; one that is missing leaves the caller's own value as it is.
/// </summary>
public sealed class StateReader
{
    private byte[] _state;
    private int _length;

    /// <summary>Version that the state names.</summary>
    public int Version { get; private set; }

    /// <summary>Looks at a whole state. False: it is cut, or no state of sections.</summary>
    /// <param name="state">Not changed while sections are read.</param>
    /// <param name="length">Bytes of it, at most as many as the array has.</param>
    public bool TryOpen(byte[] state, int length)
    {
        _length = 0;
        if (length < StateWriter.HeadBytes || length > state.Length)
        {
            return false;
        }

        int at = StateWriter.HeadBytes;
        while (at + StateWriter.SectionHeadBytes <= length)
        {
            at += StateWriter.SectionHeadBytes + LittleEndian.ReadUInt16(state, at + 1);
        }

        if (at != length)
        {
            return false;
        }

        _state = state;
        _length = length;
        Version = LittleEndian.ReadInt32(state, 0);
        return true;
    }

    /// <summary>Finds a section. False: there is none, or it is shorter than what it must hold.</summary>
    /// <param name="tag">1 to 255.</param>
    /// <param name="bytesMin">Fewest bytes that make sense.</param>
    /// <param name="at">Where its bytes begin.</param>
    /// <param name="count">How many they are.</param>
    public bool TryFind(int tag, int bytesMin, out int at, out int count)
    {
        at = StateWriter.HeadBytes;
        count = 0;
        while (at < _length)
        {
            count = LittleEndian.ReadUInt16(_state, at + 1);
            at += StateWriter.SectionHeadBytes;
            if (_state[at - StateWriter.SectionHeadBytes] == tag)
            {
                return count >= bytesMin;
            }

            at += count;
        }

        return false;
    }
}

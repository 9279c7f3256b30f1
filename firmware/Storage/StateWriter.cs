using MeterFirmware.Basics;

namespace MeterFirmware.Storage;

/// <summary>
/// Writes a state that outlives firmware versions; <see cref="StateReader"/> reads it:
/// <code>
///   version (4) | sections: tag (1), length (2), bytes
/// </code>
/// A tag never changes its meaning. What a section holds may grow at its end; what is new gets a new tag.
/// </summary>
public sealed class StateWriter
{
    /// <summary>Bytes in front of the first section.</summary>
    public const int HeadBytes = 4;

    /// <summary>Bytes in front of each section.</summary>
    public const int SectionHeadBytes = 3;

    private byte[] _state;
    private int _open;

    /// <summary>Bytes that were written; the state's length once its last section is closed.</summary>
    public int Length { get; private set; }

    /// <summary>Where the bytes of the section begin that was opened last.</summary>
    public int OpenAt => _open;

    /// <summary>Begins a state at the front of an array that is long enough for all of it.</summary>
    public void Begin(byte[] state, int version)
    {
        _state = state;
        LittleEndian.WriteInt32(state, 0, version);
        Length = HeadBytes;
    }

    /// <summary>Begins a section. Returns where its bytes are to be written.</summary>
    /// <param name="tag">1 to 255, each once.</param>
    public int Open(int tag)
    {
        _state[Length] = (byte)tag;
        _open = Length + SectionHeadBytes;
        return _open;
    }

    /// <summary>Ends the section.</summary>
    /// <param name="end">Offset behind its bytes, of which there are at most 65 535.</param>
    public void Close(int end)
    {
        Invariant.Require(end >= _open && end - _open <= 0xFFFF, "a section of a state has up to 65 535 bytes");
        LittleEndian.WriteUInt16(_state, _open - 2, end - _open);
        Length = end;
    }
}

using MeterFirmware.Basics;

namespace MeterFirmware.SmartMeter;

/// <summary>Sections of a state: tag (1), length (2), bytes. What a reader does not know it passes over.</summary>
internal static class StateSection
{
    /// <summary>Bytes in front of each section.</summary>
    public const int HeadBytes = 3;

    /// <summary>Begins a section; returns where its bytes are to be written.</summary>
    public static int Begin(byte[] state, int at, int tag)
    {
        state[at] = (byte)tag;
        return at + HeadBytes;
    }

    /// <summary>Ends it; returns <paramref name="end"/>, where the next one begins.</summary>
    /// <param name="state">Holds it.</param>
    /// <param name="begin">What <see cref="Begin"/> returned.</param>
    /// <param name="end">Offset behind its bytes, at most 65 535 of them.</param>
    public static int End(byte[] state, int begin, int end)
    {
        LittleEndian.WriteUInt16(state, begin - 2, end - begin);
        return end;
    }

    /// <summary>Finds a section. False: there is none, or the state is cut before its end.</summary>
    public static bool TryFind(byte[] state, int from, int length, int tag, out int at, out int count)
    {
        at = from;
        count = 0;
        while (at + HeadBytes <= length)
        {
            count = LittleEndian.ReadUInt16(state, at + 1);
            at += HeadBytes;
            if (state[at - HeadBytes] == tag)
            {
                return at + count <= length;
            }

            at += count;
        }

        return false;
    }
}

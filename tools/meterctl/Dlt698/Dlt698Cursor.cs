namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>Reads a message from the front; what is missing is an <see cref="AnswerException"/> with its
/// place.</summary>
public sealed class Dlt698Cursor(byte[] bytes)
{
    /// <summary>Arrays in structures in arrays: deeper is no message of a meter.</summary>
    private const int DepthMax = 16;

    public int At { get; private set; }

    public int Depth { get; private set; }

    public int Left => bytes.Length - At;

    public byte[] Take(int count, string what)
    {
        if (Left < count)
        {
            throw new AnswerException($"message: {what} needs {count} bytes at byte {At}, {Left} are there");
        }

        At += count;
        return bytes[(At - count)..At];
    }

    public int Byte(string what) => Take(1, what)[0];

    /// <summary>One byte below 80, else 81 or 82 and one or two bytes.</summary>
    public int Length(string what)
    {
        int first = Byte(what);
        return first < 0x80 ? first
            : first == 0x81 ? Byte(what)
            : first == 0x82 ? (Byte(what) << 8) | Byte(what)
            : throw new AnswerException(
                $"message: length of {what}: expected 81 or 82 at byte {At - 1}, found {first:X2}");
    }

    public void Enter()
    {
        Depth++;
        if (Depth > DepthMax)
        {
            throw new AnswerException($"message: data in more than {DepthMax} levels at byte {At}");
        }
    }

    public void Leave() => Depth--;
}

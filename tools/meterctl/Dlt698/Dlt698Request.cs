using System.Globalization;
using System.Text;
using MeterFirmware.Dlt698;

namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>Makes the frames of a client out of what people type.</summary>
public static class Dlt698Request
{
    private const int FromClient = Dlt698Protocol.StartedByClient | Dlt698Protocol.UserData;

    /// <summary>A frame around a message.</summary>
    /// <param name="address">Digits, A for any; all A is the wildcard address.</param>
    public static byte[] Frame(string address, int logical, int client, byte[] message)
    {
        Dlt698Frame frame = new() { Control = FromClient, ClientAddress = client };
        byte[] bytes = Address(address);
        frame.AddressHead = (IsWildcard(bytes) ? 0x40 : 0) | (logical << 4) | (bytes.Length - 1);
        bytes.CopyTo(frame.Address, 0);
        if (message.Length > frame.Data.Length)
        {
            throw new InputException($"the message has {message.Length} bytes, {frame.Data.Length} fit a frame");
        }

        message.CopyTo(frame.Data, 0);
        frame.Length = message.Length;
        byte[] line = new byte[frame.EncodedLength];
        frame.Encode(0, line, 0);
        return line;
    }

    /// <summary>CONNECT with a password, or without when it is empty.</summary>
    /// <param name="password">Level and digits of our own meters, 02:123456, go as 02123456; another text as it is.
    /// </param>
    public static byte[] Connect(int piid, string password)
    {
        byte[] text = Encoding.ASCII.GetBytes(password is [_, _, ':', ..] ? password.Remove(2, 1) : password);
        if (text.Length > 32)
        {
            throw new InputException("--password: at most 32 characters");
        }

        byte[] all = [.. Enumerable.Repeat((byte)0xFF, 24)];
        byte[] mechanism = text.Length == 0 ? [0] : [1, (byte)text.Length, .. text];
        byte[] sizes = [0x04, 0x00, 0x04, 0x00, 1, 0x10, 0x00, 0, 0, 0, 100];
        return [0x02, (byte)piid, 0x00, 0x10, .. all, .. sizes, .. mechanism, 0];
    }

    /// <summary>GET of one object or of several.</summary>
    public static byte[] Get(int piid, IReadOnlyList<byte[]> oads) => oads.Count == 1
        ? [0x05, 0x01, (byte)piid, .. oads[0], 0x00]
        : [0x05, 0x02, (byte)piid, (byte)oads.Count, .. oads.SelectMany(o => o), 0x00];

    /// <summary>GET of the rows of a record: the last n-th, or those of a time range.</summary>
    public static byte[] GetRecord(int piid, byte[] oad, byte[] selector, IReadOnlyList<byte[]> columns) =>
        GetRecords(piid, [oad], selector, columns);

    /// <summary>The same rows and columns of one record or of several.</summary>
    public static byte[] GetRecords(
        int piid, IReadOnlyList<byte[]> oads, byte[] selector, IReadOnlyList<byte[]> columns)
    {
        byte[] rows = [.. selector, (byte)columns.Count, .. columns.SelectMany(c => new byte[] { 0 }.Concat(c))];
        byte[] head = oads.Count == 1 ? [0x05, 0x03, (byte)piid] : [0x05, 0x04, (byte)piid, (byte)oads.Count];
        return [.. head, .. oads.SelectMany(o => o.Concat(rows)), 0x00];
    }

    /// <summary>GET next: the block behind one of an answer that came in blocks.</summary>
    public static byte[] Next(int piid, int block) => [0x05, 0x05, (byte)piid, (byte)(block >> 8), (byte)block, 0x00];

    /// <summary>Selector 9: the last n-th row.</summary>
    public static byte[] Last(int n) => [9, (byte)n];

    /// <summary>Selector 1: the row of one freeze time.</summary>
    public static byte[] At(DateTime time) => [1, .. _freezeTime, 0x1C, .. Time(time)];

    /// <summary>Selector 2: the rows from one freeze time up to before another.</summary>
    public static byte[] Range(DateTime from, DateTime to) =>
        [2, .. _freezeTime, 0x1C, .. Time(from), 0x1C, .. Time(to), 0];

    /// <summary>SET of one object; the data is checked by the grammar.</summary>
    /// <param name="then">Not null: "then get": an object that is read so many seconds later, and the seconds.</param>
    public static byte[] Set(int piid, byte[] oad, byte[] data, byte[]? then = null) =>
        Change(0x06, piid, [.. oad, .. data], then);

    /// <summary>ACTION of one method.</summary>
    public static byte[] Action(int piid, byte[] omd, byte[] data, byte[]? then = null) =>
        Change(0x07, piid, [.. omd, .. data.Length == 0 ? [0] : data], then);

    private static byte[] Change(byte service, int piid, byte[] what, byte[]? then) => Checked(
        then == null ? [service, 0x01, (byte)piid, .. what, 0x00]
            : [service, 0x03, (byte)piid, 1, .. what, .. then, 0x00]);

    /// <summary>Eight hex digits.</summary>
    public static byte[] Oad(string text, string what)
    {
        string digits = text.Replace(" ", "", StringComparison.Ordinal);
        return digits.Length == 8 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits)
            : throw new InputException($"{what}: '{text}' is no object (8 hex digits, such as 00100200)");
    }

    public static DateTime Moment(string text, string what) => DateTime.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime time)
        ? time : throw new InputException($"{what}: '{text}' is no time (such as 2026-10-05 or 2026-10-05T08:15:00)");

    private static readonly byte[] _freezeTime = [0x20, 0x21, 0x02, 0x00];

    private static byte[] Time(DateTime t) =>
        [(byte)(t.Year >> 8), (byte)t.Year, (byte)t.Month, (byte)t.Day, (byte)t.Hour, (byte)t.Minute, (byte)t.Second];

    /// <summary>A local date_time now, to the millisecond.</summary>
    public static byte[] Now()
    {
        DateTime now = DateTime.Now;
        byte[] time = Time(now);
        return [.. time[..4], (byte)now.DayOfWeek, .. time[4..], (byte)(now.Millisecond >> 8), (byte)now.Millisecond];
    }

    /// <summary>Whether a digit stands for any.</summary>
    public static bool IsWildcard(byte[] address) => address.Any(b => b >> 4 == 0xA || (b & 15) == 0xA);

    /// <summary>Up to 32 digits, low byte first.</summary>
    public static byte[] Address(string text)
    {
        string digits = text.ToUpperInvariant();
        digits = digits.Length < 12 ? digits.PadLeft(12, '0') : digits;
        if (digits.Length % 2 != 0 || digits.Length > 2 * Dlt698Protocol.AddressLengthMax
            || !digits.All(c => char.IsAsciiDigit(c) || c == 'A'))
        {
            throw new InputException($"--address: '{text}' is no server address (up to 32 digits, A for any)");
        }

        byte[] bytes = Convert.FromHexString(digits);
        Array.Reverse(bytes);
        return bytes;
    }

    private static byte[] Checked(byte[] message)
    {
        try
        {
            Dlt698Grammar.Parse(message);
            return message;
        }
        catch (AnswerException e)
        {
            throw new InputException($"--data: {e.Message}");
        }
    }
}

using System.Globalization;
using MeterFirmware.Dlt645;

namespace MeterFirmware.Tools.MeterCtl.Dlt645;

/// <summary>Cuts bytes into frames and explains each. Wake-up bytes (FE) may stand before any frame.</summary>
public sealed class Dlt645Decoder
{
    private const int FreezeTime = 4 | (Dlt645Format.MonthToMinute << 8);

    private readonly Dlt645Frame _frame = new();
    private readonly List<byte> _parts = [];
    private int _partsDi;
    private int _partsShown;

    public List<Dlt645DecodedFrame> Decode(byte[] bytes)
    {
        List<Dlt645DecodedFrame> frames = [];
        int at = 0;
        while (at < bytes.Length)
        {
            if (bytes[at] == Dlt645Protocol.WakeUp)
            {
                at++;
                continue;
            }

            Dlt645Check check = _frame.Decode(bytes, at, bytes.Length - at, out int used);
            if (check == Dlt645Check.None)
            {
                frames.Add(Explain());
                at += used;
                continue;
            }

            frames.Add(Refuse(check, bytes, at));
            at = NextFrame(bytes, at, used, check);
        }

        if (frames.Count == 0)
        {
            frames.Add(new() { Error = "truncated: no frame in the input, only wake-up bytes" });
        }

        return frames;
    }

    /// <summary>Where to go on behind a bad frame: at its end when that is plain, else at the next that is
    /// whole.</summary>
    private int NextFrame(byte[] bytes, int at, int used, Dlt645Check check)
    {
        if (check == Dlt645Check.Checksum && bytes[at + used - 1] == Dlt645Protocol.End)
        {
            return at + used;
        }

        for (int next = at + 1; next < bytes.Length; next++)
        {
            if (_frame.Decode(bytes, next, bytes.Length - next, out _) == Dlt645Check.None)
            {
                return next;
            }
        }

        return bytes.Length;
    }

    private static Dlt645DecodedFrame Refuse(Dlt645Check check, byte[] bytes, int at)
    {
        int left = bytes.Length - at;
        Dlt645DecodedFrame frame = new();
        if (left >= 10 && check >= Dlt645Check.Length)
        {
            frame.Address = AddressText(bytes, at + 1);
            frame.Control = bytes[at + 8].ToString("X2", CultureInfo.InvariantCulture);
            frame.Direction = Direction(bytes[at + 8]);
        }

        int total = left >= 10 ? bytes[at + 9] + Dlt645Protocol.FrameOverhead : Dlt645Protocol.FrameOverhead;
        frame.Error = check switch
        {
            Dlt645Check.Start => $"start: expected 68 at byte {at}, found {bytes[at]:X2}",
            Dlt645Check.Address => $"address: expected BCD digits or AA at bytes {at + 1} to {at + 6}, found " +
                Convert.ToHexString(bytes, at + 1, Math.Min(6, left - 1)),
            Dlt645Check.SecondStart => $"second start: expected 68 at byte {at + 7}, found {bytes[at + 7]:X2}",
            Dlt645Check.Length => $"length: {bytes[at + 9]} data bytes, at most " +
                $"{Dlt645Frame.LengthMaxOf(bytes[at + 8])} with control code {bytes[at + 8]:X2}",
            Dlt645Check.Checksum when bytes[at + total - 1] != Dlt645Protocol.End =>
                $"length: {bytes[at + 9]} data bytes put the end at byte {at + total - 1}, where 16 is expected and " +
                $"{bytes[at + total - 1]:X2} found; the checksum there is wrong as well",
            Dlt645Check.Checksum => $"checksum: expected {Sum(bytes, at, total - 2):X2}, found " +
                $"{bytes[at + total - 2]:X2}",
            Dlt645Check.End => $"end: expected 16 at byte {at + total - 1}, found {bytes[at + total - 1]:X2}",
            _ => $"truncated: {left} bytes of at least {total}" +
                (left >= 10 ? $" that the length {bytes[at + 9]:X2} asks for" : ""),
        };
        return frame;
    }

    private static byte Sum(byte[] bytes, int at, int count)
    {
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += bytes[at + i];
        }

        return (byte)sum;
    }

    private Dlt645DecodedFrame Explain()
    {
        Dlt645DecodedFrame frame = new()
        {
            Address = AddressText(_frame.Address, 0),
            Control = _frame.Control.ToString("X2", CultureInfo.InvariantCulture),
            Direction = Direction(_frame.Control),
            Function = FunctionName(_frame.Function),
            More = _frame.HasMore,
        };
        if (_frame.IsReply && _frame.IsError)
        {
            frame.Refused = _frame.Length == 0 ? ["no reason given"] : Reasons(_frame.Data[0]);
            return frame;
        }

        if (_frame.IsReply)
        {
            ExplainReply(frame);
        }
        else
        {
            ExplainRequest(frame);
        }

        return frame;
    }

    private void ExplainRequest(Dlt645DecodedFrame frame)
    {
        switch (_frame.Function)
        {
            case Dlt645Protocol.Read:
            case Dlt645Protocol.ReadNext:
            case Dlt645Protocol.Write:
            case Dlt645Protocol.ChangePassword:
                SetIdentifier(frame);
                if (_frame.Function == Dlt645Protocol.Write && _frame.Length > Dlt645Protocol.WriteHeaderLength)
                {
                    _frame.TryReadIdentifier(out int written);
                    AddValues(
                        frame, written, _frame.Data, Dlt645Protocol.WriteHeaderLength,
                            _frame.Length - Dlt645Protocol.WriteHeaderLength);
                }

                break;
            case Dlt645Protocol.BroadcastTime when _frame.Length == 6:
                AddField(frame, "time", Dlt645Format.TimeToSecond, 0);
                break;
            case Dlt645Protocol.WriteAddress when _frame.Length == 6:
                frame.Values.Add(new("new address", AddressText(_frame.Data, 0), ""));
                break;
            case Dlt645Protocol.Freeze when _frame.Length == 4:
                Dlt645Value freeze = Dlt645FieldText.Read(
                    "freeze at (month day hour minute; 99 is each)", FreezeTime, _frame.Data, 0);
                frame.Values.Add(freeze with { Value = FreezeText() });
                break;
            case Dlt645Protocol.BaudRate when _frame.Length == 1:
                AddBaud(frame);
                break;
            case Dlt645Protocol.Relay when _frame.Length == 16:
                frame.Values.Add(new("command", _frame.Data[8].ToString("X2", CultureInfo.InvariantCulture), ""));
                AddField(frame, "valid until", Dlt645Format.TimeToSecond, 10);
                break;
        }
    }

    private void ExplainReply(Dlt645DecodedFrame frame)
    {
        switch (_frame.Function)
        {
            case Dlt645Protocol.Read:
                SetIdentifier(frame);
                _parts.Clear();
                _partsShown = 0;
                if (_frame.TryReadIdentifier(out _partsDi))
                {
                    AddPart(frame, 4, _frame.Length - 4);
                }

                break;
            case Dlt645Protocol.ReadNext when _frame.Length > 4:
                // The last byte is the sequence number.
                SetIdentifier(frame);
                _frame.TryReadIdentifier(out int di);
                if (di == _partsDi && _parts.Count > 0)
                {
                    AddPart(frame, 4, _frame.Length - 5);
                }
                else
                {
                    frame.Values.Add(new("data", Dlt645Texts.Hex(_frame.Data, 4, _frame.Length - 5), ""));
                }

                break;
            case Dlt645Protocol.ReadAddress when _frame.Length == 6:
                frame.Values.Add(new("communication address", AddressText(_frame.Data, 0), ""));
                break;
            case Dlt645Protocol.BaudRate when _frame.Length == 1:
                AddBaud(frame);
                break;
        }
    }

    /// <summary>Parts of a long answer: each shows the values that are whole by then and were not shown
    /// before.</summary>
    private void AddPart(Dlt645DecodedFrame frame, int offset, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _parts.Add(_frame.Data[offset + i]);
        }

        byte[] data = [.. _parts];
        if (!_frame.HasMore)
        {
            AddValues(frame, _partsDi, data, 0, data.Length);
            frame.Values.RemoveRange(0, Math.Min(_partsShown, frame.Values.Count));
            _parts.Clear();
            return;
        }

        List<Dlt645Value> values = Dlt645Texts.LeadingValues(_partsDi, data, 0, data.Length);
        frame.Values.AddRange(values.Skip(_partsShown));
        _partsShown = values.Count;
        if (values.Count == 0)
        {
            frame.Values.Add(new("data", Dlt645Texts.Hex(_frame.Data, offset, count), ""));
        }
    }

    /// <summary>Adds an identifier's values, or its raw data and the reason why there are none.</summary>
    public static void AddValues(Dlt645DecodedFrame frame, int di, byte[] data, int offset, int count)
    {
        if (di >> 24 == 6)
        {
            frame.Error = Dlt645ProfileText.TryExplain(data, offset, count, frame.Values);
            return;
        }

        List<Dlt645Value>? values = Dlt645Texts.Values(di, data, offset, count);
        if (values != null)
        {
            frame.Values.AddRange(values);
            return;
        }

        frame.Values.Add(new("data", Dlt645Texts.Hex(data, offset, count), ""));
        if (Dlt645Texts.IsKnown(di))
        {
            frame.Error = $"data length: {count} bytes do not fit identifier {di:X8} ({Dlt645Names.Of(di)})";
        }
    }

    private void AddField(Dlt645DecodedFrame frame, string name, int format, int offset) =>
        frame.Values.Add(Dlt645FieldText.Read(name, format, _frame.Data, offset));

    private void AddBaud(Dlt645DecodedFrame frame)
    {
        bool good = Dlt645Protocol.TryBaudOf(_frame.Data[0], out int baud);
        frame.Values.Add(new("speed", good ? baud.ToString(CultureInfo.InvariantCulture) : null, "baud"));
    }

    private string FreezeText()
    {
        byte[] d = _frame.Data;
        return $"{d[3]:X2}-{d[2]:X2} {d[1]:X2}:{d[0]:X2}";
    }

    private void SetIdentifier(Dlt645DecodedFrame frame)
    {
        if (_frame.TryReadIdentifier(out int di))
        {
            frame.Di = di.ToString("X8", CultureInfo.InvariantCulture);
            frame.Name = Dlt645Names.Of(di);
        }
        else
        {
            frame.Error = $"data length: {_frame.Length} bytes hold no data identifier";
        }
    }

    /// <summary>The error bits in words.</summary>
    public static List<string> Reasons(int bits)
    {
        string[] names =
            ["other", "no such data", "password or permission", "baud rate", "too many zones", "too many periods",
                "too many rates"];
        List<string> reasons = [];
        for (int i = 0; i < names.Length; i++)
        {
            if ((bits & (1 << i)) != 0)
            {
                reasons.Add(names[i]);
            }
        }

        return reasons.Count > 0 ? reasons : [$"error byte {bits:X2}"];
    }

    /// <summary>Twelve digits, high first, from six bytes low first.</summary>
    public static string AddressText(byte[] bytes, int offset)
    {
        char[] text = new char[12];
        for (int i = 0; i < 6; i++)
        {
            string pair = bytes[offset + 5 - i].ToString("X2", CultureInfo.InvariantCulture);
            text[2 * i] = pair[0];
            text[2 * i + 1] = pair[1];
        }

        return new string(text);
    }

    private static string Direction(int control) => (control & Dlt645Protocol.ReplyBit) != 0 ? "reply" : "request";

    private static string FunctionName(int function) => function switch
    {
        Dlt645Protocol.SecurityAuthentication => "security authentication",
        Dlt645Protocol.BroadcastTime => "broadcast time",
        Dlt645Protocol.Read => "read",
        Dlt645Protocol.ReadNext => "read next",
        Dlt645Protocol.ReadAddress => "read address",
        Dlt645Protocol.Write => "write",
        Dlt645Protocol.WriteAddress => "write address",
        Dlt645Protocol.Freeze => "freeze",
        Dlt645Protocol.BaudRate => "baud rate",
        Dlt645Protocol.ChangePassword => "change password",
        Dlt645Protocol.ClearDemand => "clear demand",
        Dlt645Protocol.ClearMeter => "clear meter",
        Dlt645Protocol.ClearEvents => "clear events",
        Dlt645Protocol.Relay => "relay",
        _ => "unknown",
    };
}

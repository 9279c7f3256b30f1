using System.CommandLine;
using System.Globalization;
using MeterFirmware.Dlt645;

namespace MeterFirmware.Tools.MeterCtl.Dlt645;

/// <summary>The options of `meterctl dlt645 encode` and `send`, and the frame they describe: exactly one
/// action.</summary>
public sealed class Dlt645EncodeOptions
{
    private readonly Option<string> _address = new("--address")
    {
        Description = "Meter address, at most 12 digits; AA is a wildcard pair, 999999999999 is broadcast.",
        Required = true,
    };

    private readonly Option<string> _read = Text("--read", "Reads a data identifier (8 hex digits).");
    private readonly Option<int> _count =
        new("--count") { Description = "With --read of a load profile: records wanted." };
    private readonly Option<string> _at = Text("--at", "With --read of a load profile: from this time on.");
    private readonly Option<string> _next = Text("--next", "Reads the next part of a data identifier.");
    private readonly Option<int> _sequence =
        new("--sequence") { Description = "With --next: number of the part, from 1." };
    private readonly Option<bool> _readAddress =
        new("--read-address") { Description = "Asks for the address (use wildcards)." };
    private readonly Option<string> _writeAddress = Text("--write-address", "Sets the address.");
    private readonly Option<string> _write = Text("--write", "Writes a data identifier; needs --data and --password.");
    private readonly Option<string> _data = Text("--data",
        "With --write or --control: data as hex, in the order of the line.");
    private readonly Option<string> _time = Text("--time",
        "Broadcast time, or now: moves a clock by at most 5 min, once a day.");
    private readonly Option<string> _clock = Text("--clock", "Sets date and time (or now); needs --password.");
    private readonly Option<string> _freeze = Text("--freeze", "Freeze at MMDDhhmm, 99 for each; 99999999 is now.");
    private readonly Option<int> _baud =
        new("--baud") { Description = "Changes the speed: 1200, 2400, 4800, 9600, 19200." };
    private readonly Option<string> _clear = Text("--clear", "Clears demand, meter or events; needs --password.");
    private readonly Option<string> _relay = Text("--relay",
        "Relay: trip, allow, close, alarm, alarm-off, keep, keep-off.");
    private readonly Option<string> _until = Text("--until", "With --relay: the command is void after this time.");
    private readonly Option<string> _control = Text("--control", "Any control code, two hex digits; with --data.");
    private readonly Option<string> _password = Text("--password", "Level and password, such as 02:123456.");
    private readonly Option<string> _operator = Text("--operator",
        "Operator code, 8 hex digits; 00000000 when not given.");
    private readonly Option<int> _wake = new("--wake") { Description = "Wake-up bytes FE in front, 0 to 4." };

    private static Option<string> Text(string name, string description) => new(name) { Description = description };

    public void AddTo(Command command)
    {
        Option[] all =
        [
            _address, _read, _count, _at, _next, _sequence, _readAddress, _writeAddress, _write, _data, _time,
            _clock, _freeze,
            _baud, _clear, _relay, _until, _control, _password, _operator, _wake,
        ];
        foreach (Option option in all)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The frame's bytes, wake-up bytes included.</summary>
    public byte[] Build(ParseResult parsed)
    {
        Dlt645Frame frame = BuildFrame(parsed);
        int wake = Wake(parsed, 0);
        byte[] bytes = new byte[wake + frame.EncodedLength];
        frame.Encode(wake, bytes, 0);
        return bytes;
    }

    /// <summary>Wake-up bytes in front, 0 to 4.</summary>
    public int Wake(ParseResult parsed, int unsaid)
    {
        int wake = parsed.GetResult(_wake) is { Implicit: false } ? parsed.GetValue(_wake) : unsaid;
        return wake is >= 0 and <= 4 ? wake : throw new InputException($"--wake: {wake} is not 0 to 4");
    }

    /// <summary>The request.</summary>
    public Dlt645Frame BuildFrame(ParseResult parsed)
    {
        Option[] actions =
            [_read, _next, _readAddress, _writeAddress, _write, _time, _clock, _freeze, _baud, _clear,
                _relay, _control];
        List<Option> given = [.. actions.Where(option => parsed.GetResult(option) is { Implicit: false })];
        if (given.Count != 1)
        {
            string names = string.Join(", ", actions.Select(option => option.Name));
            throw new InputException($"{parsed.CommandResult.Command.Name}: give exactly one of {names}");
        }

        Dlt645Frame frame = new();
        frame.SetAddress(Dlt645Input.Address(parsed.GetValue(_address)!, "--address"));
        byte[] data = Data(parsed, given[0], frame);
        int limit = Dlt645Frame.LengthMaxOf(frame.Control);
        if (data.Length > limit)
        {
            throw new InputException(
                $"--data: {data.Length} bytes, at most {limit} with control code {frame.Control:X2}");
        }

        data.CopyTo(frame.Data, 0);
        frame.Length = data.Length;
        return frame;
    }

    private byte[] Data(ParseResult parsed, Option action, Dlt645Frame frame)
    {
        string name = action.Name;
        string Value(Option<string> option) => parsed.GetValue(option) ?? "";
        switch (name)
        {
            case "--read":
                frame.Control = Dlt645Protocol.Read;
                return ReadData(parsed);
            case "--next":
                frame.Control = Dlt645Protocol.ReadNext;
                int sequence = parsed.GetValue(_sequence);
                return sequence is >= 1 and <= 255
                    ? [.. Identifier(Value(_next), name), (byte)sequence]
                    : throw new InputException("--next: --sequence 1 to 255 is missing");
            case "--read-address":
                frame.Control = Dlt645Protocol.ReadAddress;
                return [];
            case "--write-address":
                frame.Control = Dlt645Protocol.WriteAddress;
                return Dlt645Input.Address(Value(_writeAddress), name);
            case "--write":
                frame.Control = Dlt645Protocol.Write;
                byte[] value = Dlt645Input.Bytes([Value(_data)], "--data");
                return value.Length > 0
                    ? [.. Identifier(Value(_write), name), .. Permission(parsed), .. value]
                    : throw new InputException("--write: --data is missing");
            case "--time":
                frame.Control = Dlt645Protocol.BroadcastTime;
                return Dlt645Input.Time(Value(_time), name);
            case "--clock":
                frame.Control = Dlt645Protocol.Write;
                byte[] t = Dlt645Input.Time(Value(_clock), name);

                // The weekday follows from the date; the meter reckons its own.
                return [.. Identifier("0400010C", name), .. Permission(parsed), t[0], t[1], t[2], 0, t[3], t[4], t[5]];
            case "--freeze":
                frame.Control = Dlt645Protocol.Freeze;
                byte[] when = Dlt645Input.Bytes([Value(_freeze)], name);
                return when.Length == 4 ? [.. when.Reverse()] : throw new InputException("--freeze: expected MMDDhhmm");
            case "--baud":
                frame.Control = Dlt645Protocol.BaudRate;
                return [Baud(parsed.GetValue(_baud))];
            case "--clear":
                return ClearData(parsed, frame);
            case "--relay":
                frame.Control = Dlt645Protocol.Relay;
                byte[] until = Dlt645Input.Time(Value(_until), "--until");
                return [.. Permission(parsed), RelayCode(Value(_relay)), 0, .. until];
            default:
                byte[] code = Dlt645Input.Bytes([Value(_control)], name);
                frame.Control = code.Length == 1 ? code[0]
                    : throw new InputException("--control: expected two hex digits");
                return Dlt645Input.Bytes([Value(_data)], "--data");
        }
    }

    private byte[] ReadData(ParseResult parsed)
    {
        List<byte> data = [.. Identifier(parsed.GetValue(_read)!, "--read")];
        int count = parsed.GetValue(_count) is >= 0 and < 100 and int some ? some
            : throw new InputException("--count: 1 to 99 was expected");
        if (parsed.GetValue(_at) is string at)
        {
            count = Math.Max(1, count);
            data.Add(Dlt645Input.Bcd(count));
            data.AddRange(Dlt645Input.Time(at, "--at")[1..]);
        }
        else if (count > 0)
        {
            data.Add(Dlt645Input.Bcd(count));
        }

        return [.. data];
    }

    private byte[] ClearData(ParseResult parsed, Dlt645Frame frame)
    {
        string what = parsed.GetValue(_clear)!;
        frame.Control = what switch
        {
            "demand" => Dlt645Protocol.ClearDemand,
            "meter" => Dlt645Protocol.ClearMeter,
            "events" => Dlt645Protocol.ClearEvents,
            _ => throw new InputException($"--clear: '{what}' is not demand, meter or events"),
        };
        byte[] all = what == "events" ? [0xFF, 0xFF, 0xFF, 0xFF] : [];
        return [.. Permission(parsed), .. all];
    }

    private byte[] Permission(ParseResult parsed)
    {
        string password = parsed.GetValue(_password)
            ?? throw new InputException("--password is missing (such as 02:123456)");
        string code = parsed.GetValue(_operator) ?? "00000000";
        return [.. Dlt645Input.Password(password, "--password"), .. Dlt645Input.Operator(code, "--operator")];
    }

    private static byte[] Identifier(string text, string what)
    {
        int di = Dlt645Input.Identifier(text, what);
        return [(byte)di, (byte)(di >> 8), (byte)(di >> 16), (byte)(di >> 24)];
    }

    private static byte Baud(int baud)
    {
        for (int bit = 0x04; bit <= 0x40; bit <<= 1)
        {
            if (Dlt645Protocol.TryBaudOf(bit, out int speed) && speed == baud)
            {
                return (byte)bit;
            }
        }

        throw new InputException(
            $"--baud: {baud.ToString(CultureInfo.InvariantCulture)} is not 1200, 2400, 4800, 9600 or 19200");
    }

    private static byte RelayCode(string text) => text switch
    {
        "trip" => Dlt645Protocol.RelayTrip,
        "allow" => Dlt645Protocol.RelayAllowClosing,
        "close" => Dlt645Protocol.RelayClose,
        "alarm" => Dlt645Protocol.RelayAlarm,
        "alarm-off" => Dlt645Protocol.RelayAlarmOff,
        "keep" => Dlt645Protocol.RelayKeepSupply,
        "keep-off" => Dlt645Protocol.RelayKeepSupplyOff,
        _ =>
            throw new InputException(
                $"--relay: '{text}' is not trip, allow, close, alarm, alarm-off, keep or keep-off"),
    };
}

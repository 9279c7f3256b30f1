using System.CommandLine;
using MeterFirmware.Tools.MeterCtl.Commands;
using MeterFirmware.Tools.MeterCtl.Dlt645;

namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>What a client can ask, as options: the same for `encode` and `read`.</summary>
internal sealed class Dlt698MessageOptions
{
    private readonly Option<string> _address = new("--address")
    {
        Description = "Server address; A stands for any digit.",
        DefaultValueFactory = _ => "AAAAAAAAAAAA",
    };

    private readonly Option<int> _logical = new("--logical") { Description = "Logical address, 0 to 3." };
    private readonly Option<int> _client = new("--client") { Description = "Client address, 0 to 255." };

    private readonly Option<string[]> _get = new("--get")
    {
        Description = "Object to read, 8 hex digits; may be repeated.",
    };

    private readonly Option<string[]> _record = new("--record")
    {
        Description = "Record to read, such as 50040200, with --last or --from; may be repeated.",
    };

    private readonly Option<string[]> _column = new("--column")
    {
        Description = "Column of a record, 8 hex digits; may be repeated. Without: all that a row keeps.",
    };

    private readonly Option<int> _last = new("--last") { Description = "The last n-th row of the record." };

    private readonly Option<string> _from = new("--from")
    {
        Description = "Rows from this freeze time on; alone: the row of it.",
    };

    private readonly Option<string> _to = new("--to") { Description = "Rows before this freeze time." };
    private readonly Option<string> _set = new("--set") { Description = "Object to write, with --data." };
    private readonly Option<string> _action = new("--action") { Description = "Method to call, perhaps with --data." };

    private readonly Option<string> _data = new("--data")
    {
        Description = "Data as hex with its tag, such as 1C07EA0A070F0000.",
    };

    private readonly Option<string> _thenGet = new("--then-get")
    {
        Description = "With --set or --action: object to read behind it, in the same message.",
    };

    private readonly Option<int> _delay = new("--delay")
    {
        Description = "Seconds that the meter waits before --then-get, 0 to 255.",
    };

    public void AddTo(Command command)
    {
        Option[] options =
        [
            _address, _logical, _client, _get, _record, _column, _last, _from, _to, _set, _action, _data, _thenGet,
            _delay,
        ];
        foreach (Option option in options)
        {
            command.Options.Add(option);
        }
    }

    public string Address(ParseResult parsed) => parsed.GetValue(_address)!;

    public int Logical(ParseResult parsed) => Between("--logical", parsed.GetValue(_logical), 3);

    public int Client(ParseResult parsed) => Between("--client", parsed.GetValue(_client), 255);

    /// <summary>SET and ACTION need a password at most meters.</summary>
    public bool Changes(ParseResult parsed) => parsed.GetValue(_set) != null || parsed.GetValue(_action) != null;

    /// <summary>How long the meter waits before it answers.</summary>
    public int DelaySeconds(ParseResult parsed) => Between("--delay", parsed.GetValue(_delay), 255);

    /// <summary>The message that is asked for.</summary>
    public byte[] Build(ParseResult parsed, int number, string command)
    {
        byte[] bytes = parsed.GetValue(_data) is string text ? Dlt645Input.Bytes([text], "--data") : [];
        List<byte[]> objects = [.. (parsed.GetValue(_get) ?? []).Select(o => Dlt698Request.Oad(o, "--get"))];
        List<byte[]> columns = [.. (parsed.GetValue(_column) ?? []).Select(o => Dlt698Request.Oad(o, "--column"))];
        List<byte[]> records = [.. (parsed.GetValue(_record) ?? []).Select(o => Dlt698Request.Oad(o, "--record"))];
        string? written = parsed.GetValue(_set);
        string? method = parsed.GetValue(_action);
        int asked = (objects.Count > 0 ? 1 : 0) + (records.Count > 0 ? 1 : 0) + (written == null ? 0 : 1)
            + (method == null ? 0 : 1);
        if (asked != 1)
        {
            throw new InputException($"{command}: give exactly one of --get, --record, --set and --action");
        }

        byte[]? then = Then(parsed);
        if (then != null && !Changes(parsed))
        {
            throw new InputException("--then-get: reads behind --set or --action");
        }

        return objects.Count > 0 ? Dlt698Request.Get(number, objects)
            : records.Count > 0 ? Dlt698Request.GetRecords(number, records,
                Selector(parsed.GetValue(_last), parsed.GetValue(_from), parsed.GetValue(_to)), columns)
            : written != null ? Dlt698Request.Set(number, Dlt698Request.Oad(written, "--set"), bytes, then)
            : Dlt698Request.Action(number, Dlt698Request.Oad(method!, "--action"), bytes, then);
    }

    private byte[]? Then(ParseResult parsed)
    {
        int delay = DelaySeconds(parsed);
        string? oad = parsed.GetValue(_thenGet);
        return oad != null ? [.. Dlt698Request.Oad(oad, "--then-get"), (byte)delay]
            : delay == 0 ? null : throw new InputException("--delay: waits before --then-get");
    }

    internal static int Between(string option, int value, int most) => value >= 0 && value <= most ? value
        : throw new InputException($"{option}: {value} is not 0 to {most}");

    private static byte[] Selector(int last, string? from, string? to)
    {
        if (last != 0)
        {
            return Dlt698Request.Last(Dlt645LineCommands.Within("--last", last, 255));
        }

        if (from == null)
        {
            throw new InputException("--record: give --last N, or --from TIME with or without --to TIME");
        }

        DateTime begin = Dlt698Request.Moment(from, "--from");
        return to == null ? Dlt698Request.At(begin) : Dlt698Request.Range(begin, Dlt698Request.Moment(to, "--to"));
    }
}

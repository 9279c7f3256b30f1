using System.CommandLine;
using MeterFirmware.Tools.MeterCtl.Dlt645;
using MeterFirmware.Tools.MeterCtl.Dlt698;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl dlt698`: README.md, section DL/T 698.45.</summary>
public static class Dlt698Command
{
    public static Command Create() => new("dlt698", "DL/T 698.45-2017 frames: decode, encode.")
    {
        Decode(),
        Encode(),
    };

    private static Command Decode()
    {
        Argument<string[]> hex = new("HEX")
        {
            Description = "Frames as hex bytes, gaps and FE wake-up bytes allowed; '-' reads standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> json = Dlt645Command.JsonOption();
        Command command = new(
            "decode",
            "Explains frames. Exit code 1 when one is bad.\n\nExample: meterctl dlt698 decode " +
            "68 1E 00 C3 05 00 00 00 00 00 00 00 9E 54 85 01 00 00 10 02 01 01 06 00 01 E2 40 00 00 5A D4 16")
        {
            hex, json,
        };
        command.SetAction(parsed => RunDecode(parsed.GetValue(hex)!, parsed.GetValue(json)));
        return command;
    }

    private static int RunDecode(string[] texts, bool json)
    {
        byte[] bytes = Dlt645Input.Bytes(texts is ["-"] ? [Console.In.ReadToEnd()] : texts, "decode");
        if (bytes.Length == 0)
        {
            throw new InputException("decode: no bytes given");
        }

        List<Dlt698DecodedFrame> frames = Dlt698Decoder.Decode(bytes);
        if (json)
        {
            Dlt645Command.WriteJson(new { frames });
        }

        for (int i = 0; i < frames.Count; i++)
        {
            if (!json)
            {
                Print(frames[i], "");
            }

            if (frames[i].Error is string error)
            {
                Console.Error.WriteLine($"meterctl: frame {i + 1}: {error}");
            }
        }

        return frames.TrueForAll(f => f.Error == null) ? Program.Done : Program.AnswerIsNo;
    }

    private static void Print(Dlt698DecodedFrame frame, string indent)
    {
        if (frame.Error == null || frame.Service != null)
        {
            AnsiConsole.MarkupLineInterpolated(
                $"{indent}[bold]{frame.Address}[/] {frame.Control} {frame.Direction} {frame.Service} {frame.Fragment}");
        }

        foreach (Dlt698Field field in frame.Fields)
        {
            AnsiConsole.MarkupLineInterpolated($"{indent}  {field.Name}: [green]{field.Value}[/] {field.Unit}");
        }

        frame.Inner.ForEach(f => Print(f, indent + "    "));
    }

    private static Command Encode()
    {
        Option<string> address = new("--address")
        {
            Description = "Server address; A stands for any digit.",
            DefaultValueFactory = _ => "AAAAAAAAAAAA",
        };
        Option<int> logical = new("--logical") { Description = "Logical address, 0 to 3." };
        Option<int> client = new("--client") { Description = "Client address, 0 to 255." };
        Option<int> piid = new("--piid") { Description = "Number of the exchange, 0 to 63." };
        Option<string[]> get = new("--get") { Description = "Object to read, 8 hex digits; may be repeated." };
        Option<string> record = new("--record") { Description = "Record to read, such as 50040200; with --column." };
        Option<string[]> column = new("--column")
        {
            Description =
            "Column of a record, 8 hex digits; may be repeated."
        };
        Option<int> last = new("--last") { Description = "The last n-th row of the record." };
        Option<string> from = new("--from") { Description = "Rows from this freeze time on; alone: the row of it." };
        Option<string> to = new("--to") { Description = "Rows before this freeze time." };
        Option<string> set = new("--set") { Description = "Object to write, with --data." };
        Option<string> action = new("--action") { Description = "Method to call, perhaps with --data." };
        Option<string> data = new("--data") { Description = "Data as hex with its tag, such as 1C07EA0A070F0000." };
        Option<bool> json = Dlt645Command.JsonOption();
        Command command = new(
            "encode",
            "Makes a request frame.\n\nExamples: meterctl dlt698 encode --address 123456789012 --get 00100200\n" +
            "  meterctl dlt698 encode --record 50040200 --last 1 --column 20210200 --column 00100200\n" +
            "  meterctl dlt698 encode --address 1 --set 40000200 --data 1C07EA0A070F0000")
        {
            address, logical, client, piid, get, record, column, last, from, to, set, action, data, json,
        };
        command.SetAction(parsed =>
        {
            int number = Between("--piid", parsed.GetValue(piid), 63);
            byte[] bytes = parsed.GetValue(data) is string text ? Dlt645Input.Bytes([text], "--data") : [];
            List<byte[]> objects = [.. (parsed.GetValue(get) ?? []).Select(o => Dlt698Request.Oad(o, "--get"))];
            List<byte[]> columns = [.. (parsed.GetValue(column) ?? []).Select(o => Dlt698Request.Oad(o, "--column"))];
            string? rows = parsed.GetValue(record);
            string? written = parsed.GetValue(set);
            string? method = parsed.GetValue(action);
            int asked = (objects.Count > 0 ? 1 : 0) + (rows == null ? 0 : 1) + (written == null ? 0 : 1) + (
                method == null ? 0 : 1);
            if (asked != 1)
            {
                throw new InputException("encode: give exactly one of --get, --record, --set and --action");
            }

            byte[] message = objects.Count > 0 ? Dlt698Request.Get(number, objects)
                : rows != null ? Dlt698Request.GetRecord(number, Dlt698Request.Oad(rows, "--record"),
                    Selector(parsed.GetValue(last), parsed.GetValue(from), parsed.GetValue(to)), columns)
                : written != null ? Dlt698Request.Set(number, Dlt698Request.Oad(written, "--set"), bytes)
                : Dlt698Request.Action(number, Dlt698Request.Oad(method!, "--action"), bytes);
            byte[] frame = Dlt698Request.Frame(
                parsed.GetValue(address)!, Between("--logical", parsed.GetValue(logical), 3),
                Between("--client", parsed.GetValue(client), 255), message);
            string hex = Convert.ToHexString(frame);
            if (parsed.GetValue(json))
            {
                Dlt645Command.WriteJson(new { hex });
            }
            else
            {
                Console.Out.WriteLine(hex);
            }

            return Program.Done;
        });
        return command;
    }

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

    private static int Between(string option, int value, int most) => value >= 0 && value <= most ? value
        : throw new InputException($"{option}: {value} is not 0 to {most}");
}

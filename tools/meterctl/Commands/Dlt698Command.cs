using System.CommandLine;
using MeterFirmware.Tools.MeterCtl.Dlt645;
using MeterFirmware.Tools.MeterCtl.Dlt698;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl dlt698`: README.md, section DL/T 698.45.</summary>
public static class Dlt698Command
{
    public static Command Create() => new("dlt698", "Speaks DL/T 698.45-2017: decode, encode, serve, read.")
    {
        Decode(),
        Encode(),
        Dlt698LineCommands.Serve(),
        Dlt698LineCommands.Read(),
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

    internal static void Print(Dlt698DecodedFrame frame, string indent)
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
        Option<int> piid = new("--piid") { Description = "Number of the exchange, 0 to 63." };
        Option<bool> json = Dlt645Command.JsonOption();
        Dlt698MessageOptions options = new();
        Command command = new(
            "encode",
            "Makes a request frame.\n\nExamples: meterctl dlt698 encode --address 123456789012 --get 00100200\n" +
            "  meterctl dlt698 encode --record 50040200 --last 1 --column 20210200 --column 00100200\n" +
            "  meterctl dlt698 encode --address 1 --set 40000200 --data 1C07EA0A070F0000")
        {
            piid, json,
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            int number = Dlt698MessageOptions.Between("--piid", parsed.GetValue(piid), 63);
            byte[] message = options.Build(parsed, number, "encode");
            byte[] frame = Dlt698Request.Frame(
                options.Address(parsed), options.Logical(parsed), options.Client(parsed), message);
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
}

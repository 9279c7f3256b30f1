using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using MeterFirmware.Tools.MeterCtl.Dlt645;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl dlt645`: design/cli.md, section dlt645.</summary>
public static class Dlt645Command
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create() => new("dlt645", "Speaks DL/T 645-2007: decode, encode, serve, read, send.")
    {
        Decode(),
        Encode(),
        Dlt645LineCommands.Serve(),
        Dlt645LineCommands.Read(),
        Dlt645SendCommand.Create(),
    };

    internal static Option<bool> JsonOption() => new("--json") { Description = "One JSON document on stdout." };

    internal static void WriteJson(object value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, _json));

    private static Command Decode()
    {
        Argument<string[]> hex = new("HEX")
        {
            Description =
                "Frames as hex bytes, with or without gaps, FE wake-up bytes allowed; '-' reads standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> json = JsonOption();
        Command command = new(
            "decode",
            "Explains frames. Exit code 1 when one is bad.\n\n" +
            "Example: meterctl dlt645 decode 68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16")
        {
            hex,
            json,
        };
        command.SetAction(parsed => RunDecode(parsed.GetValue(hex)!, parsed.GetValue(json)));
        return command;
    }

    private static int RunDecode(string[] texts, bool json)
    {
        IEnumerable<string> input = texts is ["-"] ? [Console.In.ReadToEnd()] : texts;
        byte[] bytes = Dlt645Input.Bytes(input, "decode");
        if (bytes.Length == 0)
        {
            throw new InputException("decode: no bytes given");
        }

        List<Dlt645DecodedFrame> frames = new Dlt645Decoder().Decode(bytes);
        if (json)
        {
            WriteJson(new { frames });
        }
        else
        {
            frames.ForEach(Print);
        }

        bool good = true;
        for (int i = 0; i < frames.Count; i++)
        {
            if (frames[i].Error is string error)
            {
                good = false;
                Console.Error.WriteLine($"meterctl: frame {i + 1}: {error}");
            }
        }

        return good ? Program.Done : Program.AnswerIsNo;
    }

    internal static void Print(Dlt645DecodedFrame frame)
    {
        AnsiConsole.MarkupLineInterpolated(
            $"[bold]{frame.Address ?? "?"}[/] {frame.Control ?? "?"} {frame.Function} {frame.Direction} {frame.Di} {frame.Name}");
        foreach (Dlt645Value value in frame.Values)
        {
            AnsiConsole.MarkupLineInterpolated($"  {value.Name}: [green]{value.Value ?? "-"}[/] {value.Unit}");
            if (value.Problem != null)
            {
                AnsiConsole.MarkupLineInterpolated($"    [yellow]! {value.Problem}[/]");
            }
        }

        if (frame.Refused != null)
        {
            AnsiConsole.MarkupLineInterpolated($"  [yellow]refused: {string.Join(", ", frame.Refused)}[/]");
        }

        if (frame.Error != null)
        {
            AnsiConsole.MarkupLineInterpolated($"  [red]{frame.Error}[/]");
        }
    }

    private static Command Encode()
    {
        Dlt645EncodeOptions options = new();
        Option<bool> json = JsonOption();
        Command command = new(
            "encode",
            "Makes a request frame.\n\nExamples: meterctl dlt645 encode --address 000012345678 --read 00010000\n" +
            "  meterctl dlt645 encode --address 000012345678 --write 04000103 --data 0F --password 02:123456");
        options.AddTo(command);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            byte[] frame = options.Build(parsed);
            string hex = Convert.ToHexString(frame);
            if (parsed.GetValue(json))
            {
                WriteJson(new { hex });
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

using System.CommandLine;
using MeterFirmware.Tools.MeterCtl.Dlt645;
using MeterFirmware.Tools.MeterCtl.Modbus;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl modbus`: README.md, section Modbus.</summary>
public static class ModbusCommand
{
    public static Command Create() => new(
        "modbus", "Speaks Modbus RTU and TCP: read, serve, registers, decode, identify, meters.")
    {
        ModbusLineCommands.Read(),
        ModbusLineCommands.Serve(),
        Registers(),
        Decode(),
        ModbusLineCommands.Identify(),
        Meters(),
    };

    private static Command Decode()
    {
        Argument<string[]> hex = new("HEX")
        {
            Description = "Frames as hex bytes, with or without gaps; '-' reads standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> tcp = new("--tcp") { Description = "Frames of TCP (header, no CRC) instead of a serial line's." };
        Option<bool> json = Dlt645Command.JsonOption();
        Command command = new(
            "decode",
            "Explains frames. Exit code 1 when one is bad.\n\n" +
            "Example: meterctl modbus decode 01 04 04 43 66 33 34 1B 38")
        {
            hex, tcp, json,
        };
        command.SetAction(parsed => RunDecode(parsed.GetValue(hex)!, parsed.GetValue(tcp), parsed.GetValue(json)));
        return command;
    }

    private static int RunDecode(string[] texts, bool isTcp, bool json)
    {
        byte[] bytes = Dlt645Input.Bytes(texts is ["-"] ? [Console.In.ReadToEnd()] : texts, "decode");
        if (bytes.Length == 0)
        {
            throw new InputException("decode: no bytes given");
        }

        List<ModbusDecodedFrame> frames = ModbusDecoder.Decode(bytes, isTcp);
        if (json)
        {
            Dlt645Command.WriteJson(new { frames });
        }

        foreach (ModbusDecodedFrame frame in frames)
        {
            if (!json)
            {
                Print(frame);
            }

            if (frame.Error != null)
            {
                Console.Error.WriteLine($"meterctl: frame {frames.IndexOf(frame) + 1}: {frame.Error}");
            }
        }

        return frames.TrueForAll(f => f.Error == null) ? Program.Done : Program.AnswerIsNo;
    }

    private static void Print(ModbusDecodedFrame frame)
    {
        AnsiConsole.MarkupLineInterpolated(
            $"unit [bold]{frame.Unit}[/] {frame.Function} {frame.Name} {frame.Kind} {frame.Exception}");
        if (frame.Address != null)
        {
            AnsiConsole.MarkupLineInterpolated(
                $"  from {frame.Address} (0x{frame.Address:X4}), {frame.Count ?? 1} registers");
        }

        if (frame.Registers.Count > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"  [green]{string.Join(' ', frame.Registers)}[/]");
        }

        if (frame.Floats.Count > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"  as floats: [green]{string.Join("  ", frame.Floats)}[/]");
        }
    }

    private static Command Registers()
    {
        Option<bool> json = Dlt645Command.JsonOption();
        Command command = new("registers",
            "Lists the plain registers of our meter. The SunSpec models begin at 40000.\n\n"
            + "Example: meterctl modbus registers") { json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json))
            {
                Dlt645Command.WriteJson(new { registers = PlainRegisters.All });
                return Program.Done;
            }

            foreach (PlainRegister p in PlainRegisters.All)
            {
                Console.Out.WriteLine(
                    $"{p.Register,5} 0x{p.Register:X4}  {p.Quantity,-15}{p.Values,-18}{p.Unit,-10}{p.Meaning}");
            }

            return Program.Done;
        });
        return command;
    }

    private static Command Meters()
    {
        Option<bool> json = Dlt645Command.JsonOption();
        Command command = new("meters",
            "Lists the meters whose data files ship.\n\nExample: meterctl modbus meters") { json };
        command.SetAction(parsed =>
        {
            var meters = ModbusMeters.Names.Select(n => (Name: n, Profile: ModbusMeters.Load(n)))
                .Select(m => new
                {
                    m.Name,
                    m.Profile.Title,
                    Phases = m.Profile.PhaseCount,
                    m.Profile.Baud,
                    m.Profile.NeedsConfirmation
                })
                .ToList();
            if (parsed.GetValue(json))
            {
                Dlt645Command.WriteJson(new { meters });
                return Program.Done;
            }

            foreach (var meter in meters)
            {
                string mark = meter.NeedsConfirmation ? " (has look-alikes: see identify)" : "";
                Console.Out.WriteLine($"{meter.Name,-22} {meter.Title}{mark}");
            }

            return Program.Done;
        });
        return command;
    }
}

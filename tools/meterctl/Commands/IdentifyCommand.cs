using System.CommandLine;
using MeterFirmware.Hardware;
using MeterFirmware.Tools.MeterCtl.Identify;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl identify`: what does the meter on this line speak, and what does it show?</summary>
public static class IdentifyCommand
{
    private const int WaitMsMax = 10_000;

    // The units that meters leave the factory with.
    private static readonly int[] _factoryUnits = [1, 2];

    public static Command Create()
    {
        Option<string> tcp = new("--tcp") { Description = "Serial server, or Modbus TCP, HOST:PORT." };
        Option<string> serial = new("--serial") { Description = "Serial port, such as /dev/ttyUSB0 or COM3." };
        Option<string> parity = new("--parity")
        {
            Description = "none: the port has no parity (a pseudo-terminal, some adapters). Else it is searched, too.",
        };
        Option<int[]> unit = new("--unit")
        {
            Description = "Modbus address to try; may be repeated. Default: 1 and 2.",
        };
        Option<int> wait = new("--wait")
        {
            Description = "Milliseconds that a question waits for its answer.",
            DefaultValueFactory = _ => 700,
        };
        Option<bool> json = Dlt645Command.JsonOption();
        Command command = new(
            "identify",
            "Finds out by itself whether a meter speaks DL/T 645-2007, DL/T 645-1997, DL/T 698.45 or Modbus, at\n" +
            "which speed and parity, and shows its name plate and registers. One meter on the line. Exit code 1\n" +
            "when nothing answers, or only half.\n\nExamples: meterctl identify --serial /dev/ttyUSB0\n" +
            "  meterctl identify --tcp 192.168.1.40:502")
        {
            tcp, serial, parity, unit, wait, json,
        };
        command.SetAction(parsed =>
        {
            int[] units = parsed.GetValue(unit) is { Length: > 0 } given ? given : _factoryUnits;
            if (Array.Exists(units, u => u is < 1 or > 247))
            {
                throw new InputException("--unit: 1 to 247");
            }

            int waitMs = Dlt645LineCommands.Within("--wait", parsed.GetValue(wait), WaitMsMax);
            string? port = parsed.GetValue(serial);
            using IDisposable line = Dlt645LineCommands.Open(
                "identify", parsed.GetValue(tcp), port, 9600, parsed.GetValue(parity));
            LineSearch search = new((ISerialLine)line, port != null, units, waitMs);
            if (!search.TryFind(out FoundMeter? found))
            {
                throw new AnswerException(search.NoiseAt == null
                    ? $"no meter answers ({search.Questions} questions)"
                    : $"something answers at {search.NoiseAt}, and in none of these protocols");
            }

            return Show(found, parsed.GetValue(json));
        });
        return command;
    }

    private static int Show(FoundMeter found, bool json)
    {
        if (json)
        {
            Dlt645Command.WriteJson(found);
        }
        else
        {
            string speed = found.Baud == null ? "" : $" at {found.Baud} baud, parity {found.Parity}";
            Console.Out.WriteLine($"{found.Protocol}{speed}, address {found.Address}");
            foreach (FoundValue value in found.Values)
            {
                string text = value.Value ?? $"- ({value.Why})";
                Console.Out.WriteLine($"  {value.Name,-40} {text} {value.Unit}".TrimEnd());
            }

            if (found.Proposals.Count > 0)
            {
                Console.Out.WriteLine($"  plausible maps: {string.Join(", ", found.Proposals)}");
            }

            Console.Out.WriteLine($"  read on with: {found.Command}");
        }

        bool isHalf = found.Answers == "half" && found.Protocol != "modbus";
        if (found.Answers == "nothing" || isHalf)
        {
            Console.Error.WriteLine(
                $"meterctl: {found.Protocol} meter {found.Address} answers {found.Answers} of what was asked");
            return Program.AnswerIsNo;
        }

        return Program.Done;
    }
}

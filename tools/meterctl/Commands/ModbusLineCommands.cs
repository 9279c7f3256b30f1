using System.CommandLine;
using System.Globalization;
using MeterFirmware.Hardware;
using MeterFirmware.Modbus;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Input;
using MeterFirmware.Tools.MeterCtl.Modbus;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl modbus read`, `serve` and `identify`: the two ends of a line.</summary>
internal static class ModbusLineCommands
{
    private sealed class LineOptions
    {
        public readonly Option<string> Tcp = new("--tcp") { Description = "Modbus TCP, HOST:PORT (its port is 502)." };

        public readonly Option<bool> Rtu = new("--rtu")
        {
            Description = "With --tcp: the other end is a serial server and passes frames with CRC.",
        };

        public readonly Option<string> Serial = new("--serial")
        {
            Description =
            "Serial port, such as /dev/ttyUSB0 or COM3."
        };

        public readonly Option<int?> Baud = new("--baud")
        {
            Description =
            "Speed of --serial; default the meter's, else 9600."
        };

        public readonly Option<string> Parity = new("--parity")
        {
            Description = "Parity of --serial: none, even or odd; default the meter's, else none.",
        };

        public readonly Option<int> Unit = new("--unit")
        {
            Description = "Address of the device.",
            DefaultValueFactory = _ => 1
        };

        public readonly Option<int> Timeout = new("--timeout")
        {
            Description = "Milliseconds to wait for a reply.",
            DefaultValueFactory = _ => 1_000,
        };

        public readonly Option<int> Tries = new("--tries")
        {
            Description = "Requests before giving up.",
            DefaultValueFactory = _ => 3
        };

        public void AddTo(Command command)
        {
            foreach (Option option in new Option[] { Tcp, Rtu, Serial, Baud, Parity, Unit, Timeout, Tries })
            {
                command.Options.Add(option);
            }
        }
    }

    public static Command Read()
    {
        LineOptions line = new();
        Option<string> meter = new("--meter")
        {
            Description =
            "Name of a meter ('meterctl modbus meters') or a data file."
        };
        Option<string[]> register = new("--register")
        {
            Description = "Registers, ADDRESS or ADDRESS:COUNT, decimal or 0x…; may be repeated.",
        };
        Option<int> function = new("--function")
        {
            Description = "3 or 4, for --register.",
            DefaultValueFactory = _
            => 3
        };
        Option<bool> json = Dlt645Command.JsonOption();
        Command command = new(
            "read",
            "Reads a meter's values by its data file, or plain registers. Exit code 1 when it refuses or does not\n" +
            "answer.\n\n" +
            "Examples: meterctl modbus read --tcp 127.0.0.1:5020 --meter sunspec-meter\n" +
            "  meterctl modbus read --serial /dev/ttyUSB0 --unit 3 --meter sdm630\n" +
            "  meterctl modbus read --tcp 127.0.0.1:5020 --register 40000:4")
        {
            meter, register, function, json,
        };
        line.AddTo(command);
        command.SetAction(parsed =>
        {
            string[] registers = parsed.GetValue(register) ?? [];
            string? name = parsed.GetValue(meter);
            if ((name == null) == (registers.Length == 0))
            {
                throw new InputException("read: give exactly one of --meter and --register");
            }

            ModbusProfile? profile = name == null ? null : ModbusMeters.Load(name);
            List<(int Address, int Count)> ranges = [.. registers.Select(Range)];
            int code = parsed.GetValue(function);
            if (code is not (3 or 4))
            {
                throw new InputException($"--function: {code} is not 3 or 4");
            }

            using IDisposable open = Open(parsed, line, "read", profile, out ModbusClient client, out int unit);
            return profile == null
                ? ReadRegisters(client, unit, code, ranges, parsed.GetValue(json))
                : ReadMeter(client, unit, profile, parsed.GetValue(json));
        });
        return command;
    }

    public static Command Identify()
    {
        LineOptions line = new();
        Option<bool> json = Dlt645Command.JsonOption();
        Command command = new(
            "identify",
            "Proposes what a device can be: reads each known map and judges voltage and frequency. Look-alikes are\n" +
            "proposed and never taken: compare with the plate, then give the name to --meter. Exit code 1 " +
            "when nothing fits.\n\n" +
            "Example: meterctl modbus identify --tcp 127.0.0.1:5020")
        {
            json,
        };
        line.AddTo(command);
        command.SetAction(parsed =>
        {
            List<object> found = [];
            using IDisposable open = Open(parsed, line, "identify", null, out ModbusClient client, out int unit);
            foreach (string name in ModbusMeters.Names)
            {
                ModbusProfile profile = ModbusMeters.Load(name);
                ModbusPowerSensor sensor = new(client, profile, unit);
                if (TryRound(sensor, 4_000) && ModbusPlausibility.TryJudge(sensor, profile, out string why))
                {
                    found.Add(new { meter = name, profile.Title, why, profile.NeedsConfirmation });
                    if (!parsed.GetValue(json))
                    {
                        Console.Out.WriteLine($"{name,-22} {profile.Title}: {why}");
                    }
                }
            }

            if (parsed.GetValue(json))
            {
                Dlt645Command.WriteJson(new { unit, proposals = found });
            }

            if (found.Count == 0)
            {
                Console.Error.WriteLine($"meterctl: unit {unit}: no known map gives plausible values");
            }

            return found.Count > 0 ? Program.Done : Program.AnswerIsNo;
        });
        return command;
    }

    public static Command Serve()
    {
        Option<int?> port = new("--port") { Description = "TCP port on loopback; 0 takes a free one." };
        Option<string> serial = new("--serial")
        {
            Description =
            "Instead of --port: a serial port, such as /dev/ttyUSB0 or COM3."
        };
        Option<bool> rtu = new("--rtu") { Description = "With --port: frames with CRC, as behind a serial server." };
        Option<int> baud = new("--baud")
        {
            Description = "Speed of --serial.",
            DefaultValueFactory = _
            => ModbusProtocol.DefaultBaud
        };
        Option<int> unit = new("--unit")
        {
            Description = "Address of the meter, 1 to 247.",
            DefaultValueFactory = _
            => 1
        };
        Option<string> tariff = new("--tariff")
        {
            Description = "Tariff file, or the name of a shipped example.",
            DefaultValueFactory = _ => "china-workplace-five-rates",
        };
        Option<int> watts = new("--watts")
        {
            Description = "The simulated load; negative exports.",
            DefaultValueFactory = _ => 1_150
        };
        Option<bool> json = Dlt645Command.JsonOption();
        Command command = new(
            "serve",
            "Puts the firmware's meter, over a simulated chip and load, behind Modbus TCP on loopback or " +
            "Modbus RTU on a\n" +
            "serial port, until Ctrl-C: SunSpec from 40000, the plain map from 0.\n\n" +
            "Example: meterctl modbus serve --port 5020")
        {
            port, serial, rtu, baud, unit, tariff, watts, json,
        };
        command.SetAction((parsed, cancel) => ServeAsync(
            parsed.GetValue(port),
            parsed.GetValue(serial),
            new ModbusSettings
            {
                Unit = Dlt645LineCommands.Within("--unit", parsed.GetValue(unit), ModbusProtocol.UnitMax),
                Baud = Baud(parsed.GetValue(baud)),
                Framing = parsed.GetValue(serial) != null || parsed.GetValue(rtu)
                    ? ModbusFraming.Rtu : ModbusFraming.Tcp,
            },
            parsed.GetValue(tariff)!,
            parsed.GetValue(watts),
            parsed.GetValue(json),
            cancel));
        return command;
    }

    private static async Task<int> ServeAsync(
        int? port, string? serial, ModbusSettings settings, string tariff, int watts, bool json,
        CancellationToken cancel)
    {
        Dlt645LineCommands.CheckServe(port, serial, watts);
        var table = TariffFile.Load(tariff).Table;
        using IDisposable? line = serial == null
            ? null : Dlt645LineCommands.Open("serve", null, serial, settings.Baud, "none");
        using ModbusHost host = line == null ? new(port!.Value, settings, table, watts)
            : new((ISerialLine)line, settings, table, watts);
        host.Start();
        if (!json)
        {
            Console.Out.WriteLine($"unit {settings.Unit} on {(serial == null ? $"127.0.0.1:{host.Port}" : serial)}");
        }
        else if (serial == null)
        {
            Dlt645Command.WriteJson(new { port = host.Port, settings.Unit });
        }
        else
        {
            Dlt645Command.WriteJson(new { serial, settings.Unit });
        }

        await host.RunAsync(cancel).ConfigureAwait(false);
        return Program.Done;
    }

    private static IDisposable Open(
        ParseResult parsed, LineOptions options, string command, ModbusProfile? profile, out ModbusClient client,
            out int unit)
    {
        unit = parsed.GetValue(options.Unit);
        if (unit is < 1 or > 255)
        {
            throw new InputException($"--unit: {unit} is not 1 to 255");
        }

        string? parity = parsed.GetValue(options.Parity);
        if (parity is not (null or "none" or "even" or "odd"))
        {
            throw new InputException($"--parity: '{parity}' is not none, even or odd");
        }

        string? serial = parsed.GetValue(options.Serial);
        int baud = Baud(parsed.GetValue(options.Baud) ?? profile?.Baud ?? ModbusProtocol.DefaultBaud);
        int bits = parity == null ? profile?.Parity ?? 0 : parity == "even" ? 2 : parity == "odd" ? 1 : 0;
        IDisposable line = Dlt645LineCommands.Open(
            command, parsed.GetValue(options.Tcp), serial, baud, serial == null ? null : bits == 0 ? "none" : "even");
        bool isRtu = serial != null || parsed.GetValue(options.Rtu);
        client = new ModbusClient((ISerialLine)line, isRtu ? ModbusFraming.Rtu : ModbusFraming.Tcp)
        {
            Baud = baud,
            Parity = bits,
            RestMs = profile?.RestMs ?? 5,
            ReplyTimeoutMs = Dlt645LineCommands.Within(
                "--timeout", parsed.GetValue(options.Timeout), Dlt645LineCommands.TimeoutMsMax),
            Tries = Dlt645LineCommands.Within("--tries", parsed.GetValue(options.Tries), 100),
        };
        return line;
    }

    private static int Baud(int baud) => baud is >= 300 and <= 921_600 ? baud
        : throw new InputException($"--baud: {baud} is not 300 to 921600");

    private static (int Address, int Count) Range(string text)
    {
        string[] parts = text.Split(':');
        int count = 1;
        bool isGood = TryNumber(parts[0], out int address) && parts.Length <= 2
            && (parts.Length == 1 || TryNumber(parts[1], out count));
        return isGood && address >= 0 && count is >= 1 and <= ModbusProtocol.ReadCountMax && address <= 0x10000 - count
            ? (address, count)
            : throw new InputException(
                $"--register: '{text}' is not ADDRESS or ADDRESS:COUNT, 1 to 125 registers below 65536");
    }

    private static bool TryNumber(string text, out int value) => text.StartsWith("0x",
        StringComparison.OrdinalIgnoreCase)
        ? int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
        : NumberText.TryReadWhole(text, out value);

    private static int ReadRegisters(
        ModbusClient client, int unit, int function, List<(int Address, int Count)> ranges, bool json)
    {
        List<object> reads = [];
        bool isGood = true;
        foreach ((int address, int count) in ranges)
        {
            client.TryBeginRead(unit, function, address, count);
            while (client.Outcome == ModbusOutcome.Waiting)
            {
                client.Tick(Environment.TickCount64);
                Thread.Sleep(1);
            }

            string? error = Explain(client.Outcome, client.ErrorCode);
            isGood &= error == null;
            List<string> registers = [.. Enumerable.Range(0, client.RegisterCount).Select(i
                => $"{client.Register(i):X4}")];
            reads.Add(new { unit, function, address, registers, error });
            if (error != null)
            {
                Console.Error.WriteLine(
                    $"meterctl: unit {unit}, registers {address} to {address + count - 1}: {error}");
            }
            else if (!json)
            {
                Console.Out.WriteLine($"{address}: {string.Join(' ', registers)}");
            }
        }

        if (json)
        {
            Dlt645Command.WriteJson(new { reads });
        }

        return isGood ? Program.Done : Program.AnswerIsNo;
    }

    private static string? Explain(ModbusOutcome outcome, int errorCode) => outcome switch
    {
        ModbusOutcome.Done => null,
        ModbusOutcome.Refused => $"refused: {ModbusDecoder.ExceptionText(errorCode)}",
        ModbusOutcome.TimedOut => "no answer",
        ModbusOutcome.BadAnswer => "answers came, and none fits the request (another map, or another device)",
        ModbusOutcome.LineBusy => "the line never rests: another master, or noise",
        _ => "the line is down",
    };

    private static int ReadMeter(ModbusClient client, int unit, ModbusProfile profile, bool json)
    {
        ModbusPowerSensor sensor = new(client, profile, unit);
        if (!TryRound(sensor, 60_000))
        {
            bool isHeard = sensor.LastOutcome is ModbusOutcome.Done or ModbusOutcome.Refused;
            string error = sensor.IsSearching && isHeard
                ? $"no SunSpec model {profile.ModelFirst} to {profile.ModelLast}"
                : Explain(sensor.LastOutcome, sensor.LastErrorCode) ?? "values that cannot be";
            throw new AnswerException($"unit {unit}: {error}");
        }

        List<ModbusReading> values = [.. ModbusReading.Of(sensor)];
        if (json)
        {
            Dlt645Command.WriteJson(new { unit, meter = profile.Name, values });
            return Program.Done;
        }

        foreach (ModbusReading value in values)
        {
            string phase = value.Phase == 0 ? "" : $" L{value.Phase}";
            Console.Out.WriteLine($"{value.Name + phase,-20} {value.Value,14} {value.Unit}");
        }

        return Program.Done;
    }

    /// <summary>One round of the sensor; false when it failed or took too long.</summary>
    internal static bool TryRound(ModbusPowerSensor sensor, int mostMs)
    {
        Measurement measurement = new();
        long start = Environment.TickCount64;
        for (long now = start; now - start < mostMs; now = Environment.TickCount64)
        {
            sensor.TryRead(now, measurement);
            if (sensor.RoundCount > 0 || sensor.Faults != SensorFault.None)
            {
                return sensor.RoundCount > 0;
            }

            Thread.Sleep(1);
        }

        return false;
    }
}

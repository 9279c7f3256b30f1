using System.CommandLine;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt698;
using MeterFirmware.Hardware;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Dlt645;
using MeterFirmware.Tools.MeterCtl.Dlt698;
using MeterFirmware.Tools.MeterCtl.Lines;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl dlt698 serve` and `read`: the two ends of a line.</summary>
internal static class Dlt698LineCommands
{
    public static Command Serve()
    {
        Option<int?> port = new("--port") { Description = "TCP port on loopback; 0 takes a free one." };
        Option<string> serial =
            new("--serial") { Description = "Instead of --port: a serial port, such as /dev/ttyUSB0 or COM3." };
        Option<int> baud = BaudOption();
        Option<string> parity = Dlt645LineCommands.ParityOption();
        Option<string> address =
            new("--address") { Description = "Meter address, at most 12 digits.", Required = true };
        Option<string[]> password =
            new("--password") { Description = "Level and password, such as 02:123456; may be repeated." };
        Option<string> tariff = new("--tariff")
        {
            Description = "Tariff file, or the name of a shipped example.",
            DefaultValueFactory = _ => "china-workplace-five-rates",
        };
        Option<int> watts =
            new("--watts") { Description = "The simulated load; negative exports.", DefaultValueFactory = _ => 1_150 };
        Option<int> heartbeat = new("--heartbeat")
        {
            Description = "Seconds between heartbeats: the meter logs in and reports events by itself. 0: it does not.",
        };
        Option<bool> json = Dlt645Command.JsonOption();
        Command command = new(
            "serve",
            "Puts the firmware's meter, over a simulated chip and load, behind a TCP serial server on loopback or on\n"
            +
            "a serial port, until Ctrl-C.\n\nExample: meterctl dlt698 serve --port 4698 " +
            "--address 000012345678 --password 02:123456")
        {
            port, serial, baud, parity, address, password, tariff, watts, heartbeat, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            int speed = Dlt645LineCommands.Within("--baud", parsed.GetValue(baud), 921_600);
            int beats = Dlt698MessageOptions.Between("--heartbeat", parsed.GetValue(heartbeat), 65_535);
            Dlt645Settings settings = Dlt645LineCommands.SettingsOf(
                parsed.GetValue(address)!, parsed.GetValue(password) ?? []);
            TariffTable table = TariffFile.Load(parsed.GetValue(tariff)!).Table;
            string? name = parsed.GetValue(serial);
            int? tcp = parsed.GetValue(port);
            Dlt645LineCommands.CheckServe(tcp, name, parsed.GetValue(watts));
            using PortSerialLine? line = name == null
                ? null : Dlt645LineCommands.OpenSerial(name, speed, parsed.GetValue(parity));
            MeterProtocol protocol = MeterProtocols.Dlt698(beats, speed);
            using MeterLineHost host = line == null
                ? new(tcp!.Value, settings, table, parsed.GetValue(watts), protocol)
                : new(line, settings, table, parsed.GetValue(watts), protocol);
            await Dlt645LineCommands.ServeAsync(host, settings, name, parsed.GetValue(json), cancel)
                .ConfigureAwait(false);
            return Program.Done;
        });
        return command;
    }

    public static Command Read()
    {
        Option<string> tcp = new("--tcp") { Description = "Meter or serial server, HOST:PORT." };
        Option<string> serial = new("--serial") { Description = "Serial port, such as /dev/ttyUSB0 or COM3." };
        Option<int> baud = BaudOption();
        Option<string> parity = Dlt645LineCommands.ParityOption();
        Option<string> password = new("--password")
        {
            Description = "Connects with it first, such as 02:123456 (our meters) or a text of another maker's.",
        };
        Option<int> timeout =
            new("--timeout") { Description = "Milliseconds to wait for a frame.", DefaultValueFactory = _ => 2_500 };
        Option<int> tries = new("--tries") { Description = "Requests before giving up.", DefaultValueFactory = _ => 3 };
        Option<bool> json = Dlt645Command.JsonOption();
        Dlt698MessageOptions options = new();
        Command command = new(
            "read",
            "Asks any DL/T 698.45-2017 meter. Exit code 1 when it refuses or does not answer.\n\n" +
            "Examples: meterctl dlt698 read --tcp 127.0.0.1:4698 --get 00100200 --get 20000200\n" +
            "  meterctl dlt698 read --serial /dev/ttyUSB0 --record 50040200 --last 1\n" +
            "  meterctl dlt698 read --tcp 127.0.0.1:4698 --address 000012345678 --password 02:123456 " +
            "--set 41000200 --data 110F")
        {
            tcp, serial, baud, parity, password, timeout, tries, json,
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            byte[] message = options.Build(parsed, 1, "read");
            string? secret = parsed.GetValue(password);
            int speed = Dlt645LineCommands.Within("--baud", parsed.GetValue(baud), 921_600);
            string address = options.Address(parsed);
            Dlt698Request.Address(address);
            using IDisposable line = Dlt645LineCommands.Open(
                "read", parsed.GetValue(tcp), parsed.GetValue(serial), speed, parsed.GetValue(parity));
            Dlt698LineClient client = new((ISerialLine)line, address, options.Logical(parsed), options.Client(parsed))
            {
                TimeoutMs = Dlt645LineCommands.Within(
                    "--timeout", parsed.GetValue(timeout), Dlt645LineCommands.TimeoutMsMax)
                    + options.DelaySeconds(parsed) * 1000,
                Tries = Dlt645LineCommands.Within("--tries", parsed.GetValue(tries), 100),
                WakeUpCount = parsed.GetValue(serial) == null ? 0 : 4,
            };
            return Run(client, secret, message, parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(Dlt698LineClient client, string? password, byte[] message, bool json)
    {
        List<Dlt698DecodedFrame> frames = [];
        if (password != null)
        {
            byte[] connected = client.Ask(Dlt698Request.Connect(0, password))
                ?? throw new AnswerException(client.Failure);
            Dlt698DecodedFrame frame = Dlt698Decoder.Explain(connected, client.AnsweredBy);
            string? result = frame.Fields.Find(f => f.Name == "result")?.Value;
            if (result != "0")
            {
                throw new AnswerException($"connect refused: {Dlt698Words.ConnectResult(result)}");
            }
        }

        List<byte[]> answers = AskAll(client, message);
        frames.AddRange(client.Told.Select(t => Dlt698Decoder.Explain(t, client.AnsweredBy)));
        List<Dlt698DecodedFrame> answered = [.. answers.Select(a => Dlt698Decoder.Explain(a, client.AnsweredBy))];
        frames.AddRange(answered);
        if (json)
        {
            Dlt645Command.WriteJson(new { frames });
        }
        else
        {
            frames.ForEach(f => Dlt698Command.Print(f, ""));
        }

        string? error = answered[^1].Error
            ?? (answers[^1][0] == 0xEE ? "the meter does not know this message" : null);
        List<string> refused = [.. answered.SelectMany(f => f.Refused)];
        if (error != null || refused.Count > 0)
        {
            Console.Error.WriteLine($"meterctl: {error ?? "refused: " + string.Join(", ", refused)}");
            return Program.AnswerIsNo;
        }

        return Program.Done;
    }

    /// <summary>The answer; of one in blocks (GET next) all of them.</summary>
    private static List<byte[]> AskAll(Dlt698LineClient client, byte[] message)
    {
        List<byte[]> answers = [client.Ask(message) ?? throw new AnswerException(client.Failure)];
        while (answers[^1] is [0x85, 0x05, _, 0, var high, var low, ..])
        {
            int block = high << 8 | low;
            int number = (message[2] + answers.Count) & 0x3F;
            byte[] next = client.Ask(Dlt698Request.Next(number, block)) ?? throw new AnswerException(client.Failure);
            if (next is [0x85, 0x05, _, 0, var nextHigh, var nextLow, ..] && (nextHigh << 8 | nextLow) != block + 1)
            {
                throw new AnswerException($"the meter sent block {nextHigh << 8 | nextLow} behind block {block}");
            }

            answers.Add(next);
        }

        return answers;
    }

    private static Option<int> BaudOption() =>
        new("--baud") { Description = "Speed of --serial.", DefaultValueFactory = _ => Dlt698Protocol.DefaultBaud };
}

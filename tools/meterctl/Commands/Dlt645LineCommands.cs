using System.CommandLine;
using System.Globalization;
using System.IO.Ports;
using System.Net.Sockets;
using MeterFirmware.Dlt645;
using MeterFirmware.Hardware;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Dlt645;
using MeterFirmware.Tools.MeterCtl.Input;
using MeterFirmware.Tools.MeterCtl.Lines;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl dlt645 serve` and `read`: the two ends of a line.</summary>
internal static class Dlt645LineCommands
{
    internal const int TimeoutMsMax = 600_000;
    private const int TriesMax = 100;

    public static Command Serve()
    {
        Option<int?> port = new("--port") { Description = "TCP port on loopback; 0 takes a free one." };
        Option<string> serial =
            new("--serial") { Description = "Instead of --port: a serial port, such as /dev/ttyUSB0 or COM3." };
        Option<string> parity = ParityOption();
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
        Option<bool> programming = new("--programming")
        {
            Description = "Closes the programming input at the start: for 30 minutes the address may be written.",
        };
        Option<bool> json = Dlt645Command.JsonOption();
        Command command = new(
            "serve",
            "Puts the firmware's meter, over a simulated chip and load, behind a TCP serial server on loopback or on "
                + "a serial\n" +
            "port, until Ctrl-C.\n\nExample: meterctl dlt645 serve --port 4001 --address 000012345678 --password "
                + "02:123456")
        {
            port, serial, parity, address, password, tariff, watts, programming, json,
        };
        command.SetAction((parsed, cancel) => ServeAsync(
            parsed.GetValue(port),
            parsed.GetValue(serial),
            parsed.GetValue(parity),
            parsed.GetValue(address)!,
            parsed.GetValue(password) ?? [],
            parsed.GetValue(tariff)!,
            parsed.GetValue(watts),
            parsed.GetValue(programming),
            parsed.GetValue(json),
            cancel));
        return command;
    }

    private static async Task<int> ServeAsync(
        int? port, string? serial, string? parity, string address, string[] passwords, string tariff, int watts,
            bool programming, bool json,
        CancellationToken cancel)
    {
        CheckServe(port, serial, watts);
        Dlt645Settings settings = SettingsOf(address, passwords);
        TariffTable table = TariffFile.Load(tariff).Table;
        using PortSerialLine? line = serial == null ? null : OpenSerial(serial, settings.Baud, parity);
        using MeterLineHost host = line == null
            ? new(port!.Value, settings, table, watts, MeterProtocols.Dlt645)
            : new(line, settings, table, watts, MeterProtocols.Dlt645);
        if (programming)
        {
            host.CloseProgrammingInput();
        }

        await ServeAsync(host, settings, serial, json, cancel).ConfigureAwait(false);
        return Program.Done;
    }

    /// <summary>What `serve` of every protocol asks of its options.</summary>
    internal static void CheckServe(int? port, string? serial, int watts)
    {
        if ((port == null) == (serial == null))
        {
            throw new InputException("serve: give exactly one of --port N and --serial PORT");
        }

        if (watts is < -12_000 or > 12_000)
        {
            throw new InputException($"--watts: {watts} is not -12000 to 12000");
        }

        if (port is < 0 or > 65_535)
        {
            throw new InputException($"--port: {port} is not 0 to 65535");
        }
    }

    /// <summary>Address and passwords as a person types them.</summary>
    internal static Dlt645Settings SettingsOf(string address, string[] passwords)
    {
        Dlt645Settings settings = new();
        Dlt645Input.Address(address, "--address").CopyTo(settings.Address, 0);
        foreach (string password in passwords)
        {
            byte[] bytes = Dlt645Input.Password(password, "--password");
            settings.Passwords[bytes[0]] = bytes[1] | (bytes[2] << 8) | (bytes[3] << 16);
        }

        return settings;
    }

    /// <summary>Says where the meter is, and serves until cancelled.</summary>
    internal static Task ServeAsync(
        MeterLineHost host, Dlt645Settings settings, string? serial, bool json, CancellationToken cancel)
    {
        host.Start();
        string text = Dlt645Decoder.AddressText(settings.Address, 0);
        if (!json)
        {
            Console.Out.WriteLine(serial == null
                ? $"meter {text} on 127.0.0.1:{host.Port}" : $"meter {text} on {serial}");
        }
        else if (serial == null)
        {
            Dlt645Command.WriteJson(new { port = host.Port, address = text });
        }
        else
        {
            Dlt645Command.WriteJson(new { serial, address = text });
        }

        return host.RunAsync(cancel);
    }

    public static Command Read()
    {
        Option<string> tcp = new("--tcp") { Description = "Serial server, HOST:PORT." };
        Option<string> serial = new("--serial") { Description = "Serial port, such as /dev/ttyUSB0 or COM3." };
        Option<int> baud =
            new("--baud") { Description = "Speed of --serial.", DefaultValueFactory = _ => Dlt645Protocol.DefaultBaud };
        Option<string> parity = ParityOption();
        Option<string> address =
            new("--address") { Description = "Meter address; AA pairs are wildcards.", Required = true };
        Option<string[]> di =
            new("--di") { Description = "Data identifier, 8 hex digits; may be repeated.", Required = true };
        Option<int> timeout =
            new("--timeout") { Description = "Milliseconds to wait for a reply.", DefaultValueFactory = _ => 2_500 };
        Option<int> tries = new("--tries") { Description = "Requests before giving up.", DefaultValueFactory = _ => 3 };
        Option<bool> json = Dlt645Command.JsonOption();
        Command command = new(
            "read",
            "Asks any DL/T 645-2007 meter. Exit code 1 when it refuses or does not answer.\n\n" +
            "Example: meterctl dlt645 read --tcp 127.0.0.1:4001 --address 000012345678 --di 00010000 --di 0201FF00")
        {
            tcp, serial, baud, parity, address, di, timeout, tries, json,
        };
        command.SetAction(parsed =>
        {
            using IDisposable line = Open(
                "read", parsed.GetValue(tcp), parsed.GetValue(serial), parsed.GetValue(baud), parsed.GetValue(parity));
            Dlt645Client client = new((ISerialLine)line, 8192)
            {
                Baud = parsed.GetValue(baud),
                ReplyTimeoutMs = Within("--timeout", parsed.GetValue(timeout), TimeoutMsMax),
                Tries = Within("--tries", parsed.GetValue(tries), TriesMax),
            };
            return RunRead(client, parsed.GetValue(address)!, parsed.GetValue(di)!, parsed.GetValue(json));
        });
        return command;
    }

    /// <summary>1 up to the most.</summary>
    internal static int Within(string option, int value, int most) => value >= 1 && value <= most ? value
        : throw new InputException($"{option}: {value} is not 1 to {most}");

    internal static Option<string> ParityOption() =>
        new("--parity") { Description = "Parity of --serial: even (the protocol's, default) or none." };

    internal static PortSerialLine OpenSerial(string serial, int baud, string? parity)
    {
        if (parity is not (null or "even" or "none"))
        {
            throw new InputException($"--parity: '{parity}' is not even or none");
        }

        PortSerialLine line = new(serial, parity != "none");
        return line.TryConfigure(baud, Dlt645Protocol.EvenParity)
            ? line
            : throw new InputException(
                $"--serial {serial}: {(IsThere(serial) ? line.LastError : "there is no such port")}");
    }

    /// <summary>What cannot be opened may be missing: the library says of both that access is denied.</summary>
    private static bool IsThere(string serial) => serial.StartsWith('/') ? File.Exists(serial)
        : SerialPort.GetPortNames().Contains(serial, StringComparer.OrdinalIgnoreCase);

    /// <summary>The line to a meter: one of the two is given.</summary>
    internal static IDisposable Open(string command, string? tcp, string? serial, int baud, string? parity)
    {
        if ((tcp == null) == (serial == null))
        {
            throw new InputException($"{command}: give exactly one of --tcp HOST:PORT and --serial PORT");
        }

        if (serial != null)
        {
            return OpenSerial(serial, baud, parity);
        }

        int colon = tcp!.LastIndexOf(':');
        if (colon <= 0 || !NumberText.TryReadWhole(tcp.AsSpan(colon + 1), out int port)
            || port is < 1 or > 65_535)
        {
            throw new InputException($"--tcp: '{tcp}' is not HOST:PORT");
        }

        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(tcp[..colon], port);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new InputException($"--tcp {tcp}: {e.Message}");
        }

        return new TcpSerialLine(socket);
    }

    private static int RunRead(Dlt645Client client, string addressText, string[] identifiers, bool json)
    {
        byte[] address = Dlt645Input.Address(addressText, "--address");
        List<int> dis = [.. identifiers.Select(text => Dlt645Input.Identifier(text, "--di"))];
        List<Dlt645DecodedFrame> frames = [];
        foreach (int di in dis)
        {
            client.TryBeginRead(address, di);
            Wait(client);
            Dlt645DecodedFrame frame = Explain(client, address, di);
            frames.Add(frame);
            if (!json)
            {
                Dlt645Command.Print(frame);
            }

            if (frame.Error != null || frame.Refused != null)
            {
                Console.Error.WriteLine(
                    $"meterctl: {di:X8}: {frame.Error ?? "refused: " + string.Join(", ", frame.Refused!)}");
            }
        }

        if (json)
        {
            Dlt645Command.WriteJson(new { frames });
        }

        return frames.TrueForAll(f => f.Error == null && f.Refused == null) ? Program.Done : Program.AnswerIsNo;
    }

    internal static void Wait(Dlt645Client client)
    {
        while (client.Outcome == Dlt645Outcome.Waiting)
        {
            client.Tick(Environment.TickCount64);
            Thread.Sleep(2);
        }
    }

    internal static Dlt645DecodedFrame Explain(Dlt645Client client, byte[] address, int di)
    {
        bool replied = client.Outcome is Dlt645Outcome.Done or Dlt645Outcome.Refused or Dlt645Outcome.BadAnswer;
        Dlt645DecodedFrame frame = new()
        {
            Address = Dlt645Decoder.AddressText(replied ? client.ReplyAddress : address, 0),
            Control = client.Outcome == Dlt645Outcome.Refused ? "D1" : replied ? "91" : null,
            Direction = replied ? "reply" : null,
            Function = "read",
            Di = di.ToString("X8", CultureInfo.InvariantCulture),
            Name = Dlt645Names.Of(di),
        };
        switch (client.Outcome)
        {
            case Dlt645Outcome.Done:
                Dlt645Decoder.AddValues(frame, di, client.Data, 0, client.DataLength);
                break;
            case Dlt645Outcome.Refused:
                frame.Refused = Dlt645Decoder.Reasons(client.ErrorBits);
                break;
            default:
                frame.Error = FailureOf(client);
                break;
        }

        return frame;
    }

    /// <summary>Why there is no answer.</summary>
    internal static string FailureOf(Dlt645Client client) => client.Outcome switch
    {
        Dlt645Outcome.TimedOut => client.BadFrameCount > 0
            ? $"no good reply, {client.BadFrameCount} frames failed a check" : "no reply",
        Dlt645Outcome.LineDown => "the line is down",
        _ => "the parts of the answer do not follow one another",
    };
}

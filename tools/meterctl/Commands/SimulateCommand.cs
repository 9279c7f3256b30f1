using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.MeterCtl.Devices;
using MeterFirmware.Tools.MeterCtl.Input;
using MeterFirmware.Tools.MeterCtl.Simulation;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl simulate`: fleets of the real products against a real broker, every record counted.</summary>
public static class SimulateCommand
{
    private const string Help = """
        Runs meters and chargers, each the real product, against a real MQTT broker and counts every record: what was
        produced, acknowledged, is pending, was lost or stored twice. Kill the broker meanwhile: nothing may be lost.
        Simulated time waits while the network owes an answer. A run that cannot go on says why and ends: before the first
        acknowledgement after 10 s without any progress, later after an outage as long as --drain.
        Each device has a secret of its own, made for the run, and takes signed acknowledgements only;
        with --plain, and for somebody else's head-end that gets no keys, plain ones.

        Examples:
          meterctl simulate --meters 100 --broker mqtt://localhost:1883 --hours 24 --speed max --json
          meterctl simulate --meters 100 --broker mqtt://localhost:1883 --no-head-end --ack-keys fleet.ack
        """;

    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Create()
    {
        Option<int> meters = new("--meters") { Description = "Smart meters, 0 to 10000", DefaultValueFactory = _ => 20 };
        Option<int> chargers = new("--chargers") { Description = "EV chargers, 0 to 1000" };
        BrokerOptions broker = new("; without it an embedded broker");
        Option<double> hours = new("--hours") { Description = "Simulated hours", DefaultValueFactory = _ => 24 };
        Option<string> speed = new("--speed") { Description = "Simulated seconds per second, or max", DefaultValueFactory = _ => "max" };
        Option<int> seed = new("--seed") { Description = "Same seed, same loads and waits", DefaultValueFactory = _ => 1 };
        Option<bool> noHeadEnd = new("--no-head-end") { Description = "Somebody else's head-end acknowledges" };
        Option<string?> database = new("--database") { Description = "SQLite file of the head-end; without it in memory" };
        Option<string> drain = new("--drain") { Description = "Longest wait for empty journals at the end", DefaultValueFactory = _ => "60s" };
        Option<string> prefix = new("--prefix") { Description = "First part of the device addresses", DefaultValueFactory = _ => "sim" };
        Option<string?> folder = new("--cert-folder") { Description = "Folder with DEVICE.crt and DEVICE.key for each device, head-end.crt and .key, ca.crt (mqtts)" };
        Option<string?> keys = new(
            "--ack-keys")
        { Description = "File to write the devices' acknowledgement keys to, for another head-end" };
        Option<bool> plain = new("--plain") { Description = "Acknowledgements without mac: the devices get no secret" };
        Option<bool> json = new("--json") { Description = "One JSON document on stdout" };
        Command command = new("simulate", Help)
        {
            meters, chargers, hours, speed, seed, noHeadEnd, database, drain, prefix, folder, keys, plain, json,
        };
        broker.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            MqttBrokers? brokers = BrokerOf(broker, parsed);
            SimulateOptions options = new()
            {
                Meters = Within(parsed.GetValue(meters), 0, 10_000, "--meters"),
                Chargers = Within(parsed.GetValue(chargers), 0, 1_000, "--chargers"),
                Broker = brokers,
                Hours = parsed.GetValue(hours) is (> 0 and <= 100_000) and double h ? h
                    : throw new InputException("--hours: a number above 0 and up to 100000 was expected"),
                Speed = SpeedOf(parsed.GetValue(speed)!),
                Seed = parsed.GetValue(seed),
                HasHeadEnd = !parsed.GetValue(noHeadEnd),
                DatabasePath = parsed.GetValue(database),
                Drain = DrainOf(parsed.GetValue(drain)!),
                Prefix = PrefixOf(parsed.GetValue(prefix)!),
                BrokerFor = FolderOf(brokers, broker, parsed, parsed.GetValue(folder)),
                Log = line => Console.Error.WriteLine($"meterctl: head-end: {line}"),
                IsPlain = parsed.GetValue(plain),
                KeysPath = parsed.GetValue(keys),
            };
            if (options.IsPlain && options.KeysPath != null)
            {
                throw new InputException("--ack-keys: there are none with --plain");
            }

            if (options.Meters + options.Chargers == 0)
            {
                throw new InputException("--meters, --chargers: at least one device was expected");
            }

            return RunAsync(options, parsed.GetValue(json), cancel);
        });
        return command;
    }

    private static async Task<SimulateRun> StartAsync(SimulateOptions options)
    {
        try
        {
            return await SimulateRun.StartAsync(options);
        }
        catch (Microsoft.Data.Sqlite.SqliteException e)
        {
            throw new InputException($"--database: {options.DatabasePath}: {e.Message}");
        }
    }

    private static async Task<int> RunAsync(SimulateOptions options, bool isJson, CancellationToken cancel)
    {
        await using SimulateRun run = await StartAsync(options);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task work = Task.Run(() => run.Run(end.Token), CancellationToken.None);
        bool isTold = !Console.IsErrorRedirected;
        string? stall = null;
        while (await Task.WhenAny(work, Task.Delay(500, CancellationToken.None)) != work)
        {
            if (isTold)
            {
                SimulateResult now = run.Count();
                Console.Error.Write(Invariant($"\r{run.Hours,8:0.0} h  {now.Produced} produced, {now.StoredByHeadEnd} stored, {now.Pending} pending   "));
            }

            if (stall == null && (stall = run.StallReason()) != null)
            {
                await end.CancelAsync();
            }
        }

        await work;
        Console.Error.Write(isTold ? "\r\e[K" : "");
        if (stall != null)
        {
            Console.Error.WriteLine($"meterctl: cannot go on: {stall}");
        }

        SimulateResult result = run.Count();
        if (isJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(result, _json));
        }
        else
        {
            Show(result);
        }

        return result.Lost is null or 0 && result.Doubled is null or 0 && stall == null
            && !cancel.IsCancellationRequested
            ? Program.Done : Program.AnswerIsNo;
    }

    private static void Show(SimulateResult result)
    {
        Table table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("what")
            .AddColumn(new TableColumn("count").RightAligned());
        void Row(string what, long? count, bool isBad = false) => table.AddRow(new Text(what),
            new Text(count?.ToString("N0", CultureInfo.InvariantCulture) ?? "-", isBad ? new Style(Color.Red) : Style.Plain));
        Row("produced", result.Produced);
        Row("acknowledged", result.Acknowledged);
        Row("pending in journals", result.Pending);
        Row("dropped by journals and reported", result.Dropped);
        Row("sent again", result.Resent);
        Row("stored by the head-end", result.StoredByHeadEnd);
        Row("delivered again and recognised", result.DeliveredAgain);
        Row("connection attempts", result.Connections);
        table.AddRow(new Text("acknowledgements"), new Text(result.Acknowledgements));
        Row("lost", result.Lost, result.Lost > 0);
        Row("doubled", result.Doubled, result.Doubled > 0);
        Screen.Write(table);
        AnsiConsole.WriteLine(Invariant($"{result.SimulatedHours:0.#} simulated hours in {result.Seconds:0.0} s"));
    }

    private static int Within(int value, int least, int most, string option) => value >= least && value <= most
        ? value : throw new InputException($"{option}: {value} is outside of {least} to {most}");

    private static MqttBrokers? BrokerOf(BrokerOptions broker, ParseResult parsed)
    {
        if (!broker.IsNamed(parsed))
        {
            return null;
        }

        MqttBrokers brokers = broker.Read(parsed);
        List<string> causes = [];
        foreach (MqttAddress address in brokers.Addresses)
        {
            if (Probe(address) is not { } cause)
            {
                return brokers;
            }

            causes.Add($"{address} does not answer{cause}");
        }

        throw new InputException($"--broker: {string.Join("; ", causes)}");
    }

    /// <summary>Null: somebody listens there.</summary>
    private static string? Probe(MqttAddress address)
    {
        try
        {
            using TcpClient probe = new();
            return probe.ConnectAsync(address.Host, address.Port).Wait(TimeSpan.FromSeconds(5)) ? null : " within 5 s";
        }
        catch (AggregateException e)
        {
            return $": {e.InnerException!.Message}";
        }
    }

    private static Func<MqttBrokers, string, MqttBrokers>? FolderOf(MqttBrokers? brokers, BrokerOptions broker,
        ParseResult parsed,
        string? folder)
    {
        if (folder == null)
        {
            return null;
        }

        if (brokers?.Addresses[0].IsTls != true)
        {
            throw new InputException("--cert-folder: only with an mqtts:// address");
        }

        if (broker.HasCertificate(parsed))
        {
            throw new InputException("--cert-folder, --cert: one of the two was expected");
        }

        return new CertificateFolder(folder, broker.AuthorityOf(parsed)).For;
    }

    private static double SpeedOf(string text)
    {
        if (text == "max")
        {
            return double.PositiveInfinity;
        }

        return NumberText.TryRead(text, out double speed) && speed is > 0 and < 1e9
            ? speed : throw new InputException($"--speed: '{text}', a number above 0 or max was expected");
    }

    private static TimeSpan DrainOf(string text)
    {
        int unit = text.EndsWith('s') ? 1 : text.EndsWith('m') ? 60 : 0;
        string number = unit == 0 ? text : text[..^1];
        return NumberText.TryRead(number, out double value) && value is >= 0 and < 1e6
            ? TimeSpan.FromSeconds(value * Math.Max(unit, 1))
            : throw new InputException($"--drain: '{text}', a time such as 60s or 5m was expected");
    }

    private static string PrefixOf(string text) => TelemetrySettings.IsDevice(text) && text.Length <= 20
        ? text : throw new InputException($"--prefix: '{text}', 1 to 20 of A-Z a-z 0-9 - _ were expected");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

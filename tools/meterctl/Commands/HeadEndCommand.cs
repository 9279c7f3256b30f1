using System.CommandLine;
using System.Text;
using System.Text.Json;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Devices;
using MeterFirmware.Tools.MeterCtl.Input;
using Microsoft.Data.Sqlite;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl head-end serve`: the head-end by itself, until Ctrl-C.</summary>
internal static class HeadEndCommand
{
    private const string Help = """
        Stores what devices send and acknowledges it, until Ctrl-C. It holds the devices' acknowledgement keys and no other
        one: whoever takes this machine can acknowledge records, and neither send a command nor change a setting. A device
        without a line in the file is acknowledged without mac, and with --plain all are.

        The file has a line a device: its address, a space, 64 hex digits. Nobody else may read it (chmod 600).

        Example:
          meterctl head-end serve --broker mqtt://localhost:1883 --database meters.sqlite --ack-keys fleet.ack
        """;

    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Create()
    {
        BrokerOptions broker = new();
        Option<string> database = new("--database")
        {
            Description = "SQLite file, made when it is not there",
            Required = true
        };
        Option<string?> keys = new("--ack-keys") { Description = "File of the devices' acknowledgement keys" };
        Option<bool> plain = new("--plain") { Description = "Acknowledge without mac: no keys are held" };
        Option<string> client = new("--client-id")
        {
            Description = "MQTT client id; two head-ends need two",
            DefaultValueFactory = _ => "mf-head-end"
        };
        Option<bool> json = new("--json") { Description = "One JSON document on stdout at the end" };
        Command serve = new("serve", Help) { database, keys, plain, client, json };
        broker.AddTo(serve);
        serve.SetAction((parsed, cancel) =>
        {
            AcknowledgementKeys? held = KeysOf(parsed.GetValue(keys), parsed.GetValue(plain));
            return RunAsync(new HeadEndOptions
            {
                Brokers = broker.Read(parsed),
                DatabasePath = parsed.GetValue(database),
                ClientId = ClientIdOf(parsed.GetValue(client)!),
                AcknowledgementKeyOf = held == null ? null : held.Of,
                Log = line => Console.Error.WriteLine($"head-end: {line}"),
            }, parsed.GetValue(json), cancel);
        });
        return new Command("head-end",
            "The utility's side by itself: stores what devices send and acknowledges it.") { serve };
    }

    private static AcknowledgementKeys? KeysOf(string? path, bool isPlain)
    {
        if ((path == null) != isPlain)
        {
            throw new InputException("--ack-keys, --plain: one of the two was expected");
        }

        try
        {
            return path == null
                ? null : AcknowledgementKeys.Parse(Encoding.UTF8.GetString(PrivateFile.Read("--ack-keys", path)));
        }
        catch (FormatException e)
        {
            throw new InputException($"--ack-keys: {path}: {e.Message}");
        }
    }

    private static string ClientIdOf(string text) => TelemetrySettings.IsDevice(text) ? text
        : throw new InputException($"--client-id: '{text}', 1 to 32 of A-Z a-z 0-9 - _ were expected");

    private static async Task<int> RunAsync(HeadEndOptions options, bool isJson, CancellationToken cancel)
    {
        await using HeadEnd headEnd = Open(options);
        headEnd.Start();
        try
        {
            await Task.Delay(Timeout.Infinite, cancel);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how it ends: what has arrived is stored first.
        }

        await headEnd.StopAsync();
        HeadEndCounters counters = headEnd.Counters;
        if (isJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new
            {
                counters.Stored,
                counters.DeliveredAgain,
                counters.Acknowledgements,
                counters.AcknowledgementsRefused,
                counters.Refused,
                counters.Conflicts,
                counters.JournalsReplaced,
                counters.SettledElsewhere,
                counters.Reconnects,
            }, _json));
        }
        else
        {
            Console.Out.WriteLine(
                $"{counters.Stored} records stored, {counters.Acknowledgements} acknowledgements, {counters.Refused} "
                    + "messages refused, "
                + $"{counters.AcknowledgementsRefused} acknowledgements refused by devices");
        }

        return Program.Done;
    }

    private static HeadEnd Open(HeadEndOptions options)
    {
        try
        {
            return new HeadEnd(options);
        }
        catch (SqliteException e)
        {
            throw new InputException($"--database: {options.DatabasePath}: {e.Message}");
        }
    }
}

using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Commands;
using MeterFirmware.Tools.MeterCtl.Commissioning;
using MeterFirmware.Tools.MeterCtl.Devices;
using MeterFirmware.Tools.MeterCtl.Input;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl board`: from a bare board to a device's folder and its label.</summary>
public static class BoardCommand
{
    private const int CertificateBytesMax = 64 * 1024;

    public static Command Create() => new("board", "Commissions a board: its files, its label, its report.")
    {
        New(),
        Presets(),
        BoardFlashCommand.Create(),
        Label(),
        BoardCheckCommand.Check(),
        BoardCheckCommand.Verify(),
    };

    private static Command New()
    {
        Option<string> board = Text("--board", $"Board: {BoardKind.Names}");
        Option<string> device = Text("--device", "Device address: 1 to 32 of A-Z a-z 0-9 - _");
        Option<string> site = Text("--site", $"Kind of place: {SiteClass.Names} (meterctl board presets)");
        Option<string> tariff = Text("--tariff", "Tariff document, or the name of one that ships");
        Option<string> port = Text("--port", "Serial port of the board, for the deployment list");
        Option<string> output = Text("--out", "Folder to make; only its owner may read it");
        Option<string?> sensor = new("--sensor") { Description = "Metering chip; default the board's first" };
        Option<string?> secret = new("--secret") { Description = "File with the device's secret, made by the utility" };
        Option<bool> bench = new("--bench") { Description = "Makes the secret here: for a bench, not for customers" };
        Option<string?> more = new("--settings")
        {
            Description = "JSON object of further members of settings.json, such as ssid and wifiPassword",
        };
        ProductOptions own = new();
        BrokerOptions broker = new("; without it the device has no telemetry");
        Command command = new("new", """
            Makes the folder of one device: settings.json (checked by the board's own rules), tariff.bin, secret.bin,
            certificates, for a charger charger.json and billing.bin, for a site site.txt, the list by which nanoff
            brings them to the board, and a record without a secret.

            Example: meterctl board new --board Esp32DevKit --device 000012345678 --site residential
              --tariff shanghai-household --port COM3 --bench --out m1
            """)
        {
            board, device, site, tariff, port, output, sensor, secret, bench, more,
        };
        own.AddTo(command);
        broker.AddTo(command);
        command.SetAction(parsed =>
        {
            string folder = parsed.GetRequiredValue(output);
            BoardFolder.Check("--out", folder);
            BoardKind kind = BoardKind.Find("--board", parsed.GetRequiredValue(board));
            BoardRequest request = Broker(parsed, broker, new BoardRequest
            {
                Board = kind,
                Device = SignerOptions.CheckDevice(parsed.GetRequiredValue(device), "--device"),
                Site = SiteClass.Find("--site", parsed.GetRequiredValue(site)),
                Tariff = parsed.GetRequiredValue(tariff),
                Port = parsed.GetRequiredValue(port),
                Sensor = parsed.GetValue(sensor) ?? "",
                Secret = Secret(parsed.GetValue(secret), parsed.GetValue(bench)),
                IsBench = parsed.GetValue(bench),
                More = parsed.GetValue(more) is string path ? ProductOptions.ReadObject("--settings", path) : [],
                MoreSource = parsed.GetValue(more) is string source ? $"--settings: {source}" : "board new",
            });
            request = own.Read(parsed, request);
            Dictionary<string, byte[]> files = BoardBundle.Make(request);
            BoardFolder.Write("--out", folder, files);
            Tell(folder, request, files);
            return Program.Done;
        });
        return command;
    }

    private static Command Presets()
    {
        Option<bool> json = TariffCommand.JsonOption();
        Command command = new("presets", """
            Lists what each kind of place presets of settings.json, charger.json and site.txt, and why.

            Example: meterctl board presets
            """)
        {
            json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(SiteClass.All, JsonSerializerOptions.Web));
                return Program.Done;
            }

            Table table = new Table().Border(TableBorder.Rounded).AddColumns("site", "member", "value", "why");
            foreach (SiteClass site in SiteClass.All)
            {
                table.AddRow(site.Name, "", "", Markup.Escape(site.About));
                AddRows(table, "", site.Presets);
                AddRows(table, "charger: ", site.Charger);
                AddRows(table, "site: ", site.Site);
            }

            Screen.Write(table);
            return Program.Done;
        });
        return command;
    }

    private static void AddRows(Table table, string of, IEnumerable<SitePreset> presets)
    {
        foreach (SitePreset preset in presets)
        {
            table.AddRow("", of + preset.Name, Markup.Escape(preset.Value.ToJsonString()), Markup.Escape(preset.Why));
        }
    }

    private static Command Label()
    {
        Argument<string> folder = new("FOLDER") { Description = "A folder of 'meterctl board new'" };
        Option<string> output = Text("--out", "SVG file to write");
        Command command = new("label", """
            Makes a label of 60 x 30 mm for the box, with the address as a QR code. No secret stands on it.

            Example: meterctl board label m1 --out m1.svg
            """)
        {
            folder, output,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(output);
            BoardRecord record = BoardRecord.Read(parsed.GetRequiredValue(folder));
            OutputFile.Write("--out", path, Encoding.UTF8.GetBytes(BoardLabel.Make(record)));
            Console.Error.WriteLine($"wrote {path}");
            return Program.Done;
        });
        return command;
    }

    private static Option<string> Text(string name, string description) =>
        new(name) { Description = description, Required = true };

    private static byte[] Secret(string? path, bool isBench) => (path, isBench) switch
    {
        (string file, false) => KeyFile.ReadSecret("--secret", file),
        (null, true) => RandomNumberGenerator.GetBytes(DeviceSecurity.SecretBytes),
        _ => throw new InputException("--secret, --bench: one of them was expected"),
    };

    private static BoardRequest Broker(ParseResult parsed, BrokerOptions options, BoardRequest request)
    {
        if (!options.IsNamed(parsed))
        {
            return options.Files(parsed).Count == 0 ? request
                : throw new InputException("--ca, --cert, --key: only with --broker mqtts://HOST:PORT");
        }

        // Reads the certificates and whether the key is the certificate's; connects to nobody.
        IReadOnlyList<MqttAddress> brokers = options.Read(parsed).Addresses;
        IReadOnlyDictionary<string, string> paths = options.Files(parsed);
        if (brokers[0].IsTls && !paths.ContainsKey("ca.crt"))
        {
            throw new InputException("--ca: a board knows no authorities of its own: the broker's was expected");
        }

        return request with
        {
            Brokers = brokers,
            Certificates = paths.ToDictionary(one => one.Key, one => Certificate(one.Value)),
        };
    }

    private static byte[] Certificate(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return bytes.Length <= CertificateBytesMax ? bytes
            : throw new InputException($"{path}: {bytes.Length} bytes; {CertificateBytesMax} were expected at most");
    }

    private static void Tell(string folder, BoardRequest request, Dictionary<string, byte[]> files)
    {
        Console.Error.WriteLine($"{folder}: {request.Device}, {request.Board.Name}, {string.Join(", ", files.Keys)}");
        if (request.IsBench)
        {
            Console.Error.WriteLine("bench: the secret was made here; whoever reads the folder commands the device");
        }

        if (request.Brokers.Count > 0 && !request.Brokers[0].IsTls)
        {
            Console.Error.WriteLine("plain text: everybody on the network reads and changes what the device sends");
        }

        Console.Error.WriteLine($"next: meterctl board flash {folder}");
    }
}

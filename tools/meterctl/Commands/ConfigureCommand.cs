using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Commands;
using MeterFirmware.Tools.MeterCtl.Devices;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl configure`: a device's settings document: see it, check one, send one, clone it.</summary>
public static class ConfigureCommand
{
    /// <summary>A trial ends in 5 minutes; a device reports what became of it.</summary>
    private const int TrialSeconds = 330;

    public static Command Create() => new("configure", """
        A device's configuration: one document, checked whole before anything changes. A change of the link is a trial
        that the device confirms by connecting under it, or rolls back by itself after 5 minutes. Secrets never leave
        a device: an export has none, and a document that names none leaves them as they are.
        """)
    {
        Show(), Validate(), Export(), Send(), Clone(),
    };

    private static Command Show()
    {
        Option<string> device = DeviceOption("--device");
        Option<bool> json = JsonOption();
        BrokerOptions broker = new();
        Command command = new("show", "Prints the configuration that a device last reported.\n\n" +
            "Example: meterctl configure show --device 000012345678 --broker mqtt://localhost:1883") { device, json };
        broker.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            string name = SignerOptions.CheckDevice(parsed.GetValue(device)!, "--device");
            await using DeviceLink link = await DeviceLink.ConnectAsync(broker.Read(parsed), name, cancel);
            if (await ReportedAsync(link, name, cancel) is not { } report)
            {
                return Program.AnswerIsNo;
            }

            Console.Out.Write(parsed.GetValue(json) ? report.GetRawText() + "\n"
                : $"{name}: {report.Text("status")}\n{SettingsDocument.Text(DocumentOf(report))}");
            return Program.Done;
        });
        return command;
    }

    private static Command Validate()
    {
        Argument<string> file = new("file") { Description = "JSON document" };
        Option<bool> json = JsonOption();
        Option<string> product = ProductOption();
        Command command = new("validate",
            "Reports every error of a document with its line and path; exit code 2.\n\nExample: meterctl configure "
                + "validate charger.json --product charger") { file, product, json };
        command.SetAction(parsed =>
        {
            List<string> problems = [];
            SettingsDocument.Read(parsed.GetValue(file)!, problems, ProductOf(parsed, product));
            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(new { valid = problems.Count == 0, problems }));
            }
            else if (problems.Count == 0)
            {
                Console.Out.WriteLine($"{parsed.GetValue(file)}: good");
            }

            problems.ForEach(problem => Console.Error.WriteLine($"{parsed.GetValue(file)}: {problem}"));
            return problems.Count == 0 ? Program.Done : Program.BadInput;
        });
        return command;
    }

    private static Command Export()
    {
        Option<string> device = DeviceOption("--device");
        Option<string> output = new("--out") { Description = "File to write", Required = true };
        BrokerOptions broker = new();
        Command command = new("export",
            "Writes the configuration that a device last reported, without secrets, to a file.\n\n" +
            "Example: meterctl configure export --device 000012345678 --broker mqtt://localhost:1883 --out meter.json") { device, output };
        broker.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            string name = SignerOptions.CheckDevice(parsed.GetValue(device)!, "--device");
            await using DeviceLink link = await DeviceLink.ConnectAsync(broker.Read(parsed), name, cancel);
            if (await ReportedAsync(link, name, cancel) is not { } report)
            {
                return Program.AnswerIsNo;
            }

            OutputFile.Write("--out", parsed.GetValue(output)!,
                Encoding.UTF8.GetBytes(SettingsDocument.Text(DocumentOf(report))));
            Console.Error.WriteLine($"{parsed.GetValue(output)}: revision {DocumentOf(report)["revision"]} of {name}");
            return Program.Done;
        });
        return command;
    }

    private static Command Send()
    {
        Argument<string> file = new("file") { Description = "JSON document" };
        Option<bool> json = JsonOption();
        Option<int> timeout = TimeoutOption();
        Option<string> product = ProductOption();
        SignerOptions signer = new();
        BrokerOptions broker = new();
        Command command = new("send",
            "Sends a document and waits until the device has confirmed it or rolled it back. Its revision is raised "
                + "above the device's.\n\n" +
            "Example: meterctl configure send meter.json --device 000012345678 --secret m.secret --broker "
                + "mqtt://localhost:1883") { file, product, json, timeout };
        signer.AddTo(command);
        broker.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            JsonObject document = SettingsDocument.Load(parsed.GetValue(file)!, ProductOf(parsed, product));
            SignedRequest request = signer.Read(parsed);
            string name = signer.Device(parsed);
            await using DeviceLink link = await DeviceLink.ConnectAsync(broker.Read(parsed), name, cancel);
            return await SendAsync(link, name, request, document, parsed.GetValue(timeout), parsed.GetValue(json),
                cancel);
        });
        return command;
    }

    private static Command Clone()
    {
        Option<string> from = DeviceOption("--from");
        Option<bool> json = JsonOption();
        Option<int> timeout = TimeoutOption();
        SignerOptions signer = new();
        BrokerOptions broker = new();
        Command command = new("clone",
            "Gives a device the configuration of another one, signed anew; each keeps its own secrets.\n\n" +
            "Example: meterctl configure clone --from 000012345678 --device 000012345679 --secret other.secret "
                + "--broker mqtt://localhost:1883") { from, json, timeout };
        signer.AddTo(command);
        broker.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            string source = SignerOptions.CheckDevice(parsed.GetValue(from)!, "--from");
            SignedRequest request = signer.Read(parsed);
            string name = signer.Device(parsed);
            MqttBrokers server = broker.Read(parsed);
            JsonObject document;
            await using (DeviceLink link = await DeviceLink.ConnectAsync(server, source, cancel))
            {
                if (await ReportedAsync(link, source, cancel) is not { } report)
                {
                    return Program.AnswerIsNo;
                }

                RevisionOf(report);
                document = DocumentOf(report);
            }

            await using DeviceLink target = await DeviceLink.ConnectAsync(server, name, cancel);
            return await SendAsync(target, name, request, document, parsed.GetValue(timeout), parsed.GetValue(json),
                cancel);
        });
        return command;
    }

    private static async Task<int> SendAsync(DeviceLink link, string device, SignedRequest request,
        JsonObject document, int seconds, bool isJson,
        CancellationToken cancel)
    {
        if (seconds is < 1 or > 3_600)
        {
            throw new InputException("--timeout: 1 to 3600 seconds were expected");
        }

        if (await ReportedAsync(link, device, cancel) is not { } before)
        {
            return Program.AnswerIsNo;
        }

        long revision = Math.Max(document["revision"]!.GetValue<long>(), RevisionOf(before) + 1);
        document["revision"] = revision;
        byte[] message = request.Configuration(document.ToJsonString());
        long id = request.Id;
        JsonElement? report = await link.AskAsync("desired", message,
            (channel, content) => channel == "reported" && content.Is("id", id), TimeSpan.FromSeconds(30), cancel);
        if (report is { } taken && taken.Flag("ok") && taken.Text("status") == "trial")
        {
            Console.Error.WriteLine($"{device}: on trial, waiting until it is confirmed …");
            report = await link.AskAsync(null, default, (channel, content) => channel == "reported"
                && content.TryGetProperty("status", out _) && content.Text("status") != "trial",
                    TimeSpan.FromSeconds(seconds), cancel);
        }

        if (report is not { } last)
        {
            Console.Error.WriteLine($"meterctl: {device} did not report in time");
            return Program.AnswerIsNo;
        }

        if (isJson)
        {
            Console.Out.WriteLine(last.GetRawText());
        }

        if (!last.Flag("ok"))
        {
            string where = last.TryGetProperty("field", out _) ? $" ({last.Text("field")})" : "";
            Console.Error.WriteLine($"meterctl: {device} refused the document: {last.Text("error")}{where}");
            return Program.AnswerIsNo;
        }

        bool isInForce = last.Text("status") == "confirmed" && last.Object("document").Is("revision", revision);
        Console.Error.WriteLine(isInForce ? $"{device}: revision {revision} is in force"
            : $"meterctl: {device} rolled revision {revision} back");
        return isInForce ? Program.Done : Program.AnswerIsNo;
    }

    private static async Task<JsonElement?> ReportedAsync(DeviceLink link, string device, CancellationToken cancel)
    {
        JsonElement? report = await link.AskAsync(null, default,
            (channel, content) => channel == "reported" && content.TryGetProperty("document", out _),
                TimeSpan.FromSeconds(10), cancel);
        if (report == null)
        {
            Console.Error.WriteLine($"meterctl: {device} has reported no configuration");
        }

        return report;
    }

    private static JsonObject DocumentOf(JsonElement report) => JsonObject.Create(report.Object("document"))!;

    private static long RevisionOf(JsonElement report) =>
        report.Object("document").Whole("revision", 0, SignedMessage.IdMax);

    private static Option<string> DeviceOption(string name) => new(name)
    {
        Description = "Device address",
        Required = true
    };

    private static Option<string> ProductOption() => new("--product")
    {
        Description = $"Whose document: {string.Join(", ", SettingsDocument.Products)}",
        DefaultValueFactory = _ => SettingsDocument.Products[0],
    };

    private static string ProductOf(ParseResult parsed, Option<string> option) =>
        parsed.GetValue(option) is { } product && SettingsDocument.Products.Contains(product) ? product
            : throw new InputException(
                $"--product: one of {string.Join(", ", SettingsDocument.Products)} was expected");

    private static Option<bool> JsonOption() => new("--json") { Description = "One JSON document on stdout" };

    private static Option<int> TimeoutOption() =>
        new("--timeout")
        {
            Description = "Seconds to wait for the end of a trial",
            DefaultValueFactory = _ =>
        TrialSeconds
        };
}

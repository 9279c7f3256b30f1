using System.CommandLine;
using System.Text;
using System.Text.Json;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Commands;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Bench;
using MeterFirmware.Tools.MeterCtl.Devices;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl command`: signs a command, sends it to a device, prints its answer.</summary>
public static class SignedCommandCommand
{
    private const string Help = """
        Signs a command with a role's key (or the device's secret) and sends it, again until the device answers. A device
        carries each number out once. Arguments that no product takes are refused before they are signed. Exit code 1: the
        device refused, or did not answer. Which role may give which command, and the arguments of each:
        firmware/Commands/README.md and firmware/SmartMeter/README.md.

        Examples:
          meterctl command clear '{"what":"demand"}' --device 000012345678 --secret m.secret --broker mqtt://localhost:1883
          meterctl command tariff --table shanghai-household --device 000012345678 --secret m.secret --broker mqtts://broker:8883 --ca ca.crt
          meterctl command update --image Esp32S3DevKit.bin --device 000012345678 --secret m.secret --broker mqtts://broker:8883 --ca ca.crt
          meterctl command calibration record.json --device 000012345678 --role-key technician.key --broker mqtts://broker:8883 --ca ca.crt
          meterctl command read '{"what":"calibration","last":1}' --device 000012345678 --role-key reader.key --broker mqtts://broker:8883 --ca ca.crt
          meterctl command carbon china-grid-factors.csv --device 000012345678 --secret m.secret --broker mqtts://broker:8883 --ca ca.crt
          meterctl command restart --device 000012345678 --secret m.secret --print
        """;

    public static Command Create()
    {
        Argument<string> name = new("name") { Description = string.Join(", ", Enumerable.Range(1, CommandCode.CodeMax).Select(CommandCatalogue.NameOf)) };
        Argument<string> arguments = new("arguments") { Description = "JSON object; for calibration the file of `meterctl calibrate --out`, for carbon a file region,year,kgPerKwh", DefaultValueFactory = _ => "{}" };
        Option<string?> table = new("--table") { Description = "tariff: compiled table, tariff file or shipped example to load" };
        Option<string?> image = new("--image") { Description = "update: deployment image to bring to the device; goes on where an earlier run ended" };
        Option<string?> imageKey = new("--image-key") { Description = "--image with --role-key: the key that signs images ('meterctl key derive --role image')" };
        Option<bool> isUnchecked = new(
            "--unchecked")
        { Description = "Send the arguments as they are: for a device newer than this tool" };
        Option<int> timeout = new("--timeout") { Description = "Seconds to wait for each answer", DefaultValueFactory = _ => 30 };
        Option<bool> print = new("--print") { Description = "Print the signed message instead of sending it" };
        Option<bool> json = new("--json") { Description = "One JSON document on stdout" };
        Command command = new("command", Help) { name, arguments, table, image, imageKey, isUnchecked, timeout, print,
            json };
        SignerOptions signer = new();
        BrokerOptions broker = new();
        signer.AddTo(command);
        broker.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            string word = parsed.GetValue(name)!;
            SignedRequest request = signer.Read(parsed, parsed.GetValue(imageKey));
            RequireAllowed(word, request.Role);
            IReadOnlyList<string> pieces = parsed.GetValue(table) is { } path ? Pieces(word, path) : [Arguments(word, parsed.GetValue(arguments)!)];
            if (!parsed.GetValue(isUnchecked) && parsed.GetValue(image) == null)
            {
                CommandArguments.Check(word, pieces[0]);
            }

            if (parsed.GetValue(print))
            {
                foreach (string piece in pieces)
                {
                    Console.Out.WriteLine(Encoding.ASCII.GetString(request.Command(word, piece)));
                }

                return Task.FromResult(Program.Done);
            }

            int seconds = parsed.GetValue(timeout) is >= 1 and <= 3_600 and int some ? some
                : throw new InputException("--timeout: 1 to 3600 seconds were expected");
            if (parsed.GetValue(image) is { } imagePath)
            {
                return word != "update" ? throw new InputException("--image: only with the command update")
                    : ImageUpload.RunAsync(broker.Read(parsed), signer.Device(parsed), request, imagePath, TimeSpan.FromSeconds(seconds), cancel);
            }

            return SendAsync(broker.Read(parsed), signer.Device(parsed), request, word, pieces, TimeSpan.FromSeconds(seconds),
                parsed.GetValue(json), cancel);
        });
        return command;
    }

    private static async Task<int> SendAsync(MqttBrokers broker, string device, SignedRequest request, string word,
        IReadOnlyList<string> pieces, TimeSpan patience, bool isJson, CancellationToken cancel)
    {
        await using DeviceLink link = await DeviceLink.ConnectAsync(broker, device, cancel);
        JsonElement? answer = null;
        foreach (string piece in pieces)
        {
            byte[] message = request.Command(word, piece);
            long id = request.Id;
            answer = await link.AskAsync("command", message, (channel, content) => channel == "reply" && IsAnswer(content, id), patience, cancel);
            if (answer is not { } given || !given.Flag("ok"))
            {
                break;
            }
        }

        if (answer is not { } last)
        {
            Console.Error.WriteLine($"meterctl: {device} did not answer within {patience.TotalSeconds:0} s; it may have carried the command out");
            return Program.AnswerIsNo;
        }

        bool isOk = last.Flag("ok");
        if (isJson)
        {
            Console.Out.WriteLine(last.GetRawText());
        }
        else if (isOk)
        {
            Console.Out.WriteLine($"{device}: {word} done{(last.TryGetProperty("result", out JsonElement result) ? " " + result.GetRawText() : "")}");
        }
        else
        {
            Console.Error.WriteLine($"meterctl: {device} refused {word}: {last.Text("error")}"
                + (last.TryGetProperty("expected", out _) ? $", expected {last.Text("expected")}" : ""));
        }

        return isOk ? Program.Done : Program.AnswerIsNo;
    }

    internal static bool IsAnswer(JsonElement content, long id) => content.Is("id", id)
        && content.TryGetProperty("ok", out JsonElement ok)
            && ok.ValueKind is JsonValueKind.True or JsonValueKind.False;

    private static void RequireAllowed(string word, int role)
    {
        for (int code = 1; code <= CommandCode.CodeMax; code++)
        {
            if (CommandCatalogue.NameOf(code) == word)
            {
                if (!CommandCatalogue.IsAllowed(code, role))
                {
                    throw new InputException($"--role: {CommandRole.NameOf(role)} may not give '{word}'");
                }

                return;
            }
        }

        throw new InputException($"'{word}' is no command; 'meterctl command --help' lists them");
    }

    private static string Arguments(string word, string text)
    {
        if (word == "carbon" && !text.StartsWith('{'))
        {
            return $$"""{"table":"{{Convert.ToBase64String(FactorFile.Load(text))}}"}""";
        }

        if (word == "calibration")
        {
            return $$"""{"data":"{{Convert.ToBase64String(CalibrationFile.Bytes(CalibrationFile.Load(text, DateTimeOffset.UtcNow.ToUnixTimeSeconds())))}}"}""";
        }

        return text;
    }

    private static IReadOnlyList<string> Pieces(string word, string path)
    {
        if (word != "tariff")
        {
            throw new InputException("--table: only with the command tariff");
        }

        byte[] table = path.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) ? ReadTable(path) : TariffFile.Load(path).Bytes;
        return TariffPieces.Of(table);
    }

    private static byte[] ReadTable(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"--table: {path}: {e.Message}");
        }
    }
}

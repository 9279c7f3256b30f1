using System.CommandLine;
using System.Text;
using System.Text.Json;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Commands;
using MeterFirmware.Tools.MeterCtl.Commissioning;
using MeterFirmware.Tools.MeterCtl.Devices;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl board check` and `verify`: asks a commissioned device, writes the signed report, checks
/// one.</summary>
internal static class BoardCheckCommand
{
    private const int ValidSeconds = 300;
    private const int NameLengthMax = 100;
    private const int ReportBytesMax = 1024 * 1024;

    public static Command Check()
    {
        Argument<string> folder = new("FOLDER") { Description = "The device's folder of 'meterctl board new'" };
        Option<string> technician = new("--technician") { Description = "Who commissions", Required = true };
        Option<string> output = new("--out") { Description = "HTML report to write", Required = true };
        Option<string?> roleKey = RoleKeyOption("Instead of the folder's secret.bin");
        Option<string?> done = new("--done")
        {
            Description = "Checks by hand that are done: numbers as 1,2,5, or all. "
                + string.Join("; ", ElectricalCheck.All.Select((one, i) => $"{i + 1} {one.What}")),
        };
        Option<bool> keep = new("--keep") { Description = "Keep secret.bin of the utility's in the folder" };
        Option<int> timeout = new("--timeout")
        {
            Description = "Seconds to wait for each answer",
            DefaultValueFactory = _ => 30,
        };
        BrokerOptions broker = new();
        Command command = new("check", """
            Waits for a device's birth, asks with the technician's key for self-test, health and tariff, of a charger
            what its pilot, contactor, earth and monitor report, and writes a signed report. When all is well the
            utility's secret.bin is deleted from the folder: the device has it. Exit code 1: something is not well, or
            the device did not answer; the report says what.

            Example: meterctl board check m1 --broker mqtt://localhost:1883 --technician "Li Wei" --out m1.html
            """)
        {
            folder, technician, output, roleKey, done, keep, timeout,
        };
        broker.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            string place = parsed.GetRequiredValue(folder);
            BoardRecord record = BoardRecord.Read(place);
            string name = parsed.GetRequiredValue(technician).Trim();
            if (name.Length is 0 or > NameLengthMax || name.Any(char.IsControl))
            {
                throw new InputException($"--technician: 1 to {NameLengthMax} letters were expected");
            }

            HashSet<int> byHand = ElectricalCheck.Done("--done", parsed.GetValue(done));
            int seconds = parsed.GetValue(timeout) is >= 1 and <= 3_600 and int some ? some
                : throw new InputException("--timeout: 1 to 3600 seconds were expected");
            string path = parsed.GetRequiredValue(output);
            OutputFile.Check("--out", path);
            string secretPath = Path.Combine(place, "secret.bin");
            if (parsed.GetValue(roleKey) is null && !File.Exists(secretPath))
            {
                throw new InputException($"--role-key: the technician's key was expected, {secretPath} is not there");
            }

            KeyFile key = KeyOf(parsed.GetValue(roleKey), secretPath, record.Device);
            IReadOnlyList<CheckResult> results = await AskAsync(broker.Read(parsed), record, key, seconds, cancel);
            string content = BoardReport.Content(record, name, DateTimeOffset.UtcNow, results, byHand);
            OutputFile.Write("--out", path, Encoding.UTF8.GetBytes(BoardReport.Page(content, key.Key)));
            bool isWiped = !record.IsBench && !parsed.GetValue(keep) && IsKeyOf(secretPath, key);
            return Tell(record, results, path, isWiped ? secretPath : null);
        });
        return command;
    }

    public static Command Verify()
    {
        Argument<string> report = new("REPORT") { Description = "HTML report of 'meterctl board check'" };
        Option<string> device = new("--device") { Description = "Device address", Required = true };
        Option<string?> secret = new("--secret") { Description = "File with the device's secret" };
        Option<string?> roleKey = RoleKeyOption("Instead of --secret");
        Command command = new("verify", """
            Says whether a report is as the technician's key of the device signed it. Exit code 1: it is not.

            Example: meterctl board verify m1.html --device 000012345678 --secret m1.secret
            """)
        {
            report, device, secret, roleKey,
        };
        command.SetAction(parsed =>
        {
            string name = SignerOptions.CheckDevice(parsed.GetRequiredValue(device), "--device");
            (string? keyPath, string? secretPath) = (parsed.GetValue(roleKey), parsed.GetValue(secret));
            if ((keyPath == null) == (secretPath == null))
            {
                throw new InputException("give exactly one of --role-key FILE and --secret FILE");
            }

            string path = parsed.GetRequiredValue(report);
            string? content = BoardReport.Verify(ReadReport(path), KeyOf(keyPath, secretPath!, name).Key);
            if (content is null || !JsonDocument.Parse(content).RootElement.Is("device", name))
            {
                Console.Error.WriteLine($"meterctl: {path}: not as the technician's key of {name} signed it");
                return Program.AnswerIsNo;
            }

            Console.Out.WriteLine(content);
            return Program.Done;
        });
        return command;
    }

    private static Option<string?> RoleKeyOption(string instead) =>
        new("--role-key") { Description = $"{instead}: the technician's key of 'meterctl key derive'" };

    private static string ReadReport(string path)
    {
        try
        {
            return new FileInfo(path).Length <= ReportBytesMax ? File.ReadAllText(path)
                : throw new InputException($"{path}: longer than {ReportBytesMax} bytes: no report");
        }
        catch (Exception e) when (OutputFile.IsOfFiles(e))
        {
            throw new InputException($"{path}: {e.Message}");
        }
    }

    private static KeyFile KeyOf(string? roleKey, string secretPath, string device)
    {
        string technician = CommandRole.NameOf(CommandRole.Technician);
        if (roleKey is null)
        {
            return KeyFile.Derive(KeyFile.ReadSecret("--secret", secretPath), device, technician, 1);
        }

        KeyFile key = KeyFile.Read("--role-key", roleKey);
        return key.Device == device && key.Use == technician ? key : throw new InputException(
            $"--role-key: {roleKey} is the key '{key.Use}' of {key.Device}; {technician} of {device} was expected");
    }

    /// <summary>Whether the folder's secret is the one that the device has just obeyed: else nothing was shown of it.
    /// </summary>
    private static bool IsKeyOf(string secretPath, KeyFile key) => File.Exists(secretPath)
        && key.Generation == 1 && KeyOf(null, secretPath, key.Device).Key.AsSpan().SequenceEqual(key.Key);

    private static async Task<IReadOnlyList<CheckResult>> AskAsync(MqttBrokers broker, BoardRecord record, KeyFile key,
        int seconds, CancellationToken cancel)
    {
        await using DeviceLink link = await DeviceLink.ConnectAsync(broker, record.Device, cancel, "status", "instant");
        SignedRequest signer = new(new MessageSigner(key.Key, key.Role, key.Generation), null, record.Device, key.Role,
            key.Generation, ValidSeconds);
        return await new BoardCheck(link, record, signer, TimeSpan.FromSeconds(seconds)).RunAsync(cancel);
    }

    /// <param name="wiped">The secret to delete when all is well; null: none.</param>
    private static int Tell(BoardRecord record, IReadOnlyList<CheckResult> results, string path, string? wiped)
    {
        foreach (CheckResult result in results)
        {
            Console.Out.WriteLine($"{(result.IsPassed ? "passed" : "FAILED")}  {result.Name}: {result.Detail}");
        }

        bool isPassed = results.All(result => result.IsPassed);
        Console.Error.WriteLine($"wrote {path}");
        if (isPassed && wiped is not null && File.Exists(wiped))
        {
            File.Delete(wiped);
            Console.Error.WriteLine($"deleted {wiped}: {record.Device} has it");
        }

        return isPassed ? Program.Done : Program.AnswerIsNo;
    }
}

using System.CommandLine;
using System.IO.Ports;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeterFirmware.Tools.MeterCtl.Commissioning;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl board flash`: firmware, image and files onto a board by nanoff, or onto a simulated
/// one.</summary>
internal static class BoardFlashCommand
{
    private const string FindsPort = "auto";

    // Every assembly of ours has it in its name.
    private const string OurAssemblies = "MeterFirmware";

    public static Command Create()
    {
        Argument<string> folder = new("FOLDER") { Description = "A folder of 'meterctl board new'" };
        Option<string?> port = new("--port")
        {
            Description = "Serial port; auto: the only one there is; sim: a simulated board in a process of its own; "
                + "default what 'board new' was told",
        };
        Option<string?> image = new("--image")
        {
            Description = "Deployment image of this board (boards/README.md); without it firmware and image stay",
        };
        Option<string?> firmware = new("--firmware") { Description = "Version of nanoFramework's firmware to take" };
        Option<string> nanoff = new("--nanoff")
        {
            Description = "The nanoff program",
            DefaultValueFactory = _ => "nanoff",
        };
        Command command = new("flash", """
            Brings nanoFramework's firmware, our image and the folder's files to a board, step by step with nanoff, and
            looks whether our assemblies are there. With the port 'sim' the files come onto the drive of a simulated
            board, which is started. Exit code 1: nanoff failed; what to do about it is said.

            Example: meterctl board flash m1 --port COM3 --image MeterFirmware.Esp32DevKit.bin
            """)
        {
            folder, port, image, firmware, nanoff,
        };
        command.SetAction(parsed =>
        {
            string place = parsed.GetRequiredValue(folder);
            BoardRecord record = BoardRecord.Read(place);
            string named = PortOf(parsed.GetValue(port), place);
            string? file = parsed.GetValue(image);
            if (named == ProductOptions.SimulatedPort)
            {
                return file is null && parsed.GetValue(firmware) is null ? Simulate(place, record)
                    : throw new InputException("--image, --firmware: a simulated board is this program's own");
            }

            if (file is null && parsed.GetValue(firmware) is not null)
            {
                throw new InputException("--firmware: with --image: another firmware needs its image anew");
            }

            if (file is not null && !File.Exists(file))
            {
                throw new InputException($"--image: {file} is not there");
            }

            BoardKind board = BoardKind.Find(BoardBundle.RecordName, record.Board);
            NanoffRun run = new(parsed.GetValue(nanoff)!, Path.GetFullPath(place), Console.Error.WriteLine);
            Flash(run, NanoffTarget.Of(board), named, file is null ? null : Path.GetFullPath(file),
                parsed.GetValue(firmware));
            BringFiles(run, place, named);
            Console.Out.WriteLine($"{record.Device} is on {named}: press its reset, then meterctl board check {place}");
            return Program.Done;
        });
        return command;
    }

    private static int Simulate(string place, BoardRecord record)
    {
        int process = SimulatedBoard.Start(place);
        Console.Out.WriteLine($"{record.Device} runs as process {process}, its log is "
            + $"{Path.Combine(place, "device.log")}; kill {process} ends it");
        return Program.Done;
    }

    /// <summary>The port that is named, or the only one that there is.</summary>
    private static string PortOf(string? option, string folder)
    {
        string named = option ?? ListOf(folder)["serialport"]?.GetValue<string>() ?? FindsPort;
        if (named != FindsPort)
        {
            return named;
        }

        string[] ports = [.. SerialPort.GetPortNames().Where(IsOfBoard).Order(StringComparer.Ordinal)];
        return ports.Length == 1 ? ports[0] : throw new InputException(ports.Length == 0
            ? "--port: no serial port of a board was found: is it connected?"
            : $"--port: one of {string.Join(", ", ports)} was expected");
    }

    // A PC's own ports, /dev/ttyS0 and so on, are no board's.
    private static bool IsOfBoard(string name) => !name.StartsWith("/dev/", StringComparison.Ordinal)
        || name.Contains("USB", StringComparison.Ordinal) || name.Contains("ACM", StringComparison.Ordinal)
        || name.Contains("usb", StringComparison.Ordinal);

    private static void Flash(NanoffRun run, NanoffTarget target, string port, string? image, string? firmware)
    {
        if (image is null)
        {
            return;
        }

        string[] way = target.IsJtag ? ["--target", target.Name, "--jtag"]
            : ["--target", target.Name, "--serialport", port];
        run.Step("1 of 4, firmware",
            [.. way, "--update", .. firmware is null ? [] : new[] { "--fwversion", firmware }]);
        run.Step("2 of 4, image", [.. way, "--deploy", "--image", image,
            .. target.Address.Length == 0 ? [] : new[] { "--address", target.Address }]);

        // nanoff 2.5.162 has written below the deployment area and reported success (nanoframework/Home#1835).
        string details = run.Step("3 of 4, look", "--nanodevice", "--devicedetails", "--serialport", port);
        if (!details.Contains(OurAssemblies, StringComparison.Ordinal))
        {
            throw new AnswerException("3 of 4, look: our assemblies are not on the board, though nanoff reported "
                + "success: give the deployment partition's address by hand (boards/UPDATES.md)");
        }
    }

    private static void BringFiles(NanoffRun run, string folder, string port)
    {
        JsonObject list = ListOf(folder);
        string name = "deploy.json";
        if (list["serialport"]?.GetValue<string>() != port)
        {
            // The folder's list stays as it was made.
            list["serialport"] = port;
            name = "deploy.port.json";
            OutputFile.Write("FOLDER", Path.Combine(folder, name),
                JsonSerializer.SerializeToUtf8Bytes(list), isPrivate: true);
        }

        run.Step("4 of 4, files", "--filedeployment", name);
    }

    private static JsonObject ListOf(string folder)
    {
        string path = Path.Combine(folder, "deploy.json");
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject
                ?? throw new InputException($"{path}: no deployment list of 'meterctl board new'");
        }
        catch (Exception e) when (OutputFile.IsOfFiles(e) || e is JsonException)
        {
            throw new InputException($"{path}: {e.Message}");
        }
    }
}

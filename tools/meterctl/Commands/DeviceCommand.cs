using System.CommandLine;
using System.Diagnostics;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Tools.MeterCtl.Commissioning;
using MeterFirmware.Tools.MeterCtl.Input;
using MeterFirmware.Tools.MeterCtl.PcBoard;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl device`: one product as a process of this PC, its files in a folder.</summary>
internal static class DeviceCommand
{
    private const int LoadWatts = 1_150;

    // Boards as which a folder without a record starts.
    private static readonly Dictionary<string, string> _freshBoards = new()
    {
        ["meter"] = "Esp32DevKit",
        ["charger"] = "Esp32S3Charger",
        ["site"] = "Esp32SiteController",
    };

    private static readonly string[] _protocols = [LineProtocol.Dlt645, LineProtocol.Dlt698, LineProtocol.Modbus];

    public static Command Create()
    {
        Argument<string> folder = new("FOLDER") { Description = "A folder of 'meterctl board new', or a new one" };
        Option<string?> product = new("--product")
        {
            Description = "meter, charger or site; default what the folder's record says",
        };
        Option<int> load = new("--load")
        {
            Description = "Watts of the simulated load, of a site its building; negative exports",
            DefaultValueFactory = _ => LoadWatts,
        };
        Option<bool> plug = new("--plug") { Description = "A charger: a vehicle is plugged in from the start" };
        Option<int?>[] ports = [.. _protocols.Select(name => new Option<int?>($"--{name}")
        {
            Description = $"A meter: TCP port on loopback that speaks {name}; 0 takes a free one",
        })];
        Option<string?> pty = new("--pty")
        {
            Description = "A meter: name to make for a pseudo-terminal that speaks what settings.json says (Linux)",
        };
        Option<string?> log = new("--log") { Description = "File that takes what would be printed, from its end on" };
        Command command = new("device", """
            Runs one product as a process of this PC, in real time, until Ctrl-C: the firmware as boards put it
            together, its drive in FOLDER/drive, a simulated chip and world in front. It may be killed at any moment.
            Lines that are typed change the world: 'world status', 'world quit'; a meter 'world load WATTS',
            'world seal press|release'; a charger 'world plug [WH]', 'world unplug', 'world card HEX',
            'world residual MILLIAMPS'; a site 'world load WATTS', 'world meter on|off'.

            Example: meterctl device m1 --load 2000 --dlt645 4001
            """)
        {
            folder, product, load, plug, pty, log,
        };
        Array.ForEach(ports, command.Options.Add);
        command.SetAction((parsed, cancel) =>
        {
            LineOptions lines = new([.. ports.Select((option, i) => (_protocols[i], parsed.GetValue(option)))
                .Where(one => one.Item2 is not null).Select(one => (one.Item1, Port(one.Item1, one.Item2!.Value)))],
                parsed.GetValue(pty));
            return Task.Run(() => RunLogged(parsed.GetValue(log), () => Run(parsed.GetRequiredValue(folder),
                parsed.GetValue(product), parsed.GetValue(load), parsed.GetValue(plug), lines, cancel)),
                CancellationToken.None);
        });
        return command;
    }

    private static int RunLogged(string? path, Func<int> run)
    {
        if (path is null)
        {
            return run();
        }

        try
        {
            using StreamWriter log = new(path, append: true) { AutoFlush = true };
            Console.SetOut(log);
            Console.SetError(log);
            return run();
        }
        catch (Exception e) when (e is InputException || OutputFile.IsOfFiles(e))
        {
            // Whoever started it reads the log.
            File.AppendAllText(path, $"meterctl: {e.Message}\n");
            throw;
        }
    }

    private static int Port(string option, int value) => value is >= 0 and <= 65_535 ? value
        : throw new InputException($"--{option}: {value} is not 0 to 65535");

    private static int Run(
        string path, string? product, int watts, bool isPlugged, LineOptions lines, CancellationToken cancel)
    {
        if (watts is < -12_000 or > 12_000)
        {
            throw new InputException($"--load: {watts} is not -12000 to 12000");
        }

        if (product is not null && !_freshBoards.ContainsKey(product))
        {
            throw new InputException($"--product: '{product}', meter, charger or site was expected");
        }

        using DeviceFolder folder = DeviceFolder.Open("FOLDER", path);
        BoardKind board = BoardOf(folder, path, product);
        if (board.Product != "meter" && (lines.Ports.Count > 0 || lines.Pty is not null))
        {
            throw new InputException($"--dlt645, --dlt698, --modbus, --pty: a meter's, this is a {board.Product}");
        }

        if (board.Product != "charger" && isPlugged)
        {
            throw new InputException($"--plug: a charger's, this is a {board.Product}");
        }

        BoardSettings settings = folder.Read("settings.json") is { } bytes
            ? BoardRules.ReadSettings(folder.PathOf("settings.json"), board, bytes) : new BoardSettings();
        long utcMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Stopwatch wall = Stopwatch.StartNew();
        using IPcProduct device = board.Product switch
        {
            "meter" => new PcMeter(folder, settings, lines, watts, utcMs / 1000),
            "charger" => new PcCharger(folder, settings, utcMs / 1000),
            _ => new PcSite(folder, settings, watts, utcMs / 1000),
        };
        Commission(folder, device, settings);
        if (isPlugged)
        {
            Console.Out.WriteLine(device.Change(["plug"]));
        }

        DeviceLoop loop = new(device, () => wall.ElapsedMilliseconds);
        Listen(loop);
        loop.Run((int)(utcMs % 1000 + wall.ElapsedMilliseconds), cancel);
        return Program.Done;
    }

    private static BoardKind BoardOf(DeviceFolder folder, string path, string? product)
    {
        BoardRecord? record = folder.Record;
        string name = record?.Board ?? (product is not null ? _freshBoards[product]
            : throw new InputException($"--product: {path} has no {BoardBundle.RecordName}: meter, charger or site "
                + "was expected"));
        BoardKind board = BoardKind.Find(BoardBundle.RecordName, name);
        return product is null || board.Product == product ? board
            : throw new InputException($"--product: {path} is a {board.Product}'s, not a {product}'s");
    }

    private static void Commission(DeviceFolder folder, IPcProduct device, BoardSettings settings)
    {
        Console.Out.WriteLine($"device {settings.Device}, {device.GetType().Name[2..].ToLowerInvariant()}");
        if (!device.Core.Security.IsCommissioned)
        {
            Console.Out.WriteLine(PcFiles.TryCommission(folder, device.Core.Security)
                ? "commands: commissioned" : "commands: none, no secret was given");
        }

        Console.Out.WriteLine(device.Report());
    }

    // A thread that waits for a line ends with the process.
    private static void Listen(DeviceLoop loop)
    {
        TextReader typed = Console.In;
        new Thread(() =>
        {
            while (typed.ReadLine() is { } line)
            {
                loop.Typed.Enqueue(line);
            }
        })
        { IsBackground = true }.Start();
    }
}

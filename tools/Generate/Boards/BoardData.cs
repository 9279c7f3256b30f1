namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>A board as its board.json says.</summary>
public sealed class BoardData
{
    private static readonly string[] _products = ["meter", "charger", "site"];
    private static readonly string[] _drives = ["I:", "D:"];
    private static readonly string[] _networks = ["wifi", "ethernet", "none"];

    private BoardData(string name, DataFile file)
    {
        Name = name;
        File = file;
        DataValue root = file.Root;
        file.Allow(root, "a board", "product", "chip", "drive", "network", "phases", "heapKilobytes", "storage",
            "pins", "sensors", "fram", "clock");
        Product = OneOf(file, root, "product", _products);
        Chip = file.Text(root, "chip");
        Drive = OneOf(file, root, "drive", _drives);
        Network = OneOf(file, root, "network", _networks);
        PhaseCount = file.Number(root, "phases", 1, 3, 1);
        HeapKilobytes = file.Number(root, "heapKilobytes", 1, 1_048_576, 0);
        DataValue storage = root.Find("storage") ?? new DataValue(root.Line, new List<DataMember>());
        file.Allow(storage, "storage", "kilobytes", "reservedBlocks", "mayLoseTail", "plan", "folders");
        StorageKilobytes = file.Number(storage, "kilobytes", 1, int.MaxValue / 1024);
        ReservedBlocks = file.Number(storage, "reservedBlocks", 0, 1_000, 0);
        MayLoseTail = file.Flag(storage, "mayLoseTail");
        Plan = file.Text(storage, "plan", "");
        Folders = [.. file.Items(storage, "folders").Select(FolderOf)];
        Pins = [.. file.Members(root, "pins").Select(PinOf)];
        Sensors = [.. file.Items(root, "sensors").Select(SensorOf)];
        Fram = root.Find("fram") is DataValue fram ? FramOf(fram) : null;
        Clock = root.Find("clock") is DataValue clock ? ClockOf(clock) : null;
    }

    public string Name { get; }

    public DataFile File { get; }

    public string Product { get; }

    public string Chip { get; }

    public string Drive { get; }

    public string Network { get; }

    public int PhaseCount { get; }

    /// <summary>Heap for the firmware's own objects; 0: none set.</summary>
    public int HeapKilobytes { get; }

    public int StorageKilobytes { get; }

    /// <summary>Blocks of 4 KB that the file system and the settings' files take.</summary>
    public int ReservedBlocks { get; }

    public bool MayLoseTail { get; }

    /// <summary>How a meter divides its folder "log": a method of MeterPlan.</summary>
    public string Plan { get; }

    public BoardFolder[] Folders { get; }

    public BoardPin[] Pins { get; }

    public BoardSensor[] Sensors { get; }

    /// <summary>Null: the board has none.</summary>
    public BoardFram? Fram { get; }

    /// <summary>Null: the board has none.</summary>
    public BoardClock? Clock { get; }

    public static BoardData Load(string name, string path, string text) => new(name, DataFile.Parse(path, text));

    private BoardPin PinOf(DataMember member)
    {
        DataValue pin = member.Value;
        File.Allow(pin, member.Name, "pin", "as", "note");
        string text = pin.Find("pin")?.Value is long number ? number.ToString(Texts.Culture) : File.Text(pin, "pin");
        return new BoardPin(member.Name, text, File.Text(pin, "as"), File.Text(pin, "note", ""), pin.Line);
    }

    private BoardFolder FolderOf(DataValue folder)
    {
        File.Allow(folder, "folders", "folder", "blocks", "blockBytes", "smallBlocks");
        int blocks = File.Number(folder, "blocks", 1, 4_096);
        return new BoardFolder(File.Text(folder, "folder"), blocks, File.Number(folder, "blockBytes", 64, 1_048_576),
            File.Number(folder, "smallBlocks", 0, blocks, 0), folder.Line);
    }

    private BoardFram FramOf(DataValue fram)
    {
        File.Allow(fram, "fram", "bus", "kilobytes", "blocks");
        return new BoardFram(File.Text(fram, "bus"), File.Number(fram, "kilobytes", 8, 64),
            File.Number(fram, "blocks", 1, 255), fram.Line);
    }

    private BoardClock ClockOf(DataValue clock)
    {
        File.Allow(clock, "clock", "chip", "bus");
        return new BoardClock(File.Text(clock, "chip"), File.Text(clock, "bus"), clock.Line);
    }

    private BoardSensor SensorOf(DataValue sensor)
    {
        File.Allow(sensor, "sensors", "chip", "bus", "selects");
        string[] selects = [.. File.Items(sensor, "selects").Select(item => item.Value as string ?? "")];
        return new BoardSensor(File.Text(sensor, "chip"), File.Text(sensor, "bus"), selects, sensor.Line);
    }

    private static string OneOf(DataFile file, DataValue root, string field, string[] names)
    {
        string name = file.Text(root, field);
        file.Require(names.Contains(name), root.Find(field)!.Line, field,
            $"one of {string.Join(", ", names)} was expected");
        return name;
    }
}

using System.Text.RegularExpressions;

namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>What a board's data must hold before code is made of it. Each error names both sides of what does not fit.
/// </summary>
public static partial class BoardRules
{
    private const int BlockBytes = 4_096;

    // What a bus cannot do without.
    private static readonly (string Kind, string[] Roles)[] _buses =
        [("I2C", ["DATA", "CLOCK"]), ("SPI", ["CLOCK", "MISO", "MOSI"]), ("COM", ["RX", "TX"])];

    public static void Check(BoardData board, ChipData chip)
    {
        Dictionary<string, BoardPin> used = [];
        foreach (BoardPin pin in board.Pins)
        {
            CheckPin(board, chip, pin);
            board.File.Require(!used.TryGetValue(pin.Pin, out BoardPin? other), pin.Line, pin.Name,
                $"pin {pin.Pin} is {other?.Name}'s already, line {other?.Line}");
            used[pin.Pin] = pin;
        }

        foreach (BoardPin pin in board.Pins.Where(pin => pin.IsFunction))
        {
            CheckFunction(board, chip, pin);
        }

        foreach (BoardSensor sensor in board.Sensors)
        {
            CheckSensor(board, sensor);
        }

        CheckStorage(board);
    }

    private static void CheckPin(BoardData board, ChipData chip, BoardPin pin)
    {
        DataFile file = board.File;
        file.Require(Name().IsMatch(pin.Name), pin.Line, pin.Name, "a name in camel case was expected");
        file.Require(!pin.IsFunction || Function().IsMatch(pin.Use), pin.Line, pin.Name,
            $"input, output or a function such as I2C1_DATA was expected, not '{pin.Use}'");
        file.Require(chip.Has(pin.Pin), pin.Line, pin.Name, $"{chip.Name} has no pin {pin.Pin}");
        string? owner = chip.TakenBy(pin.Pin);
        file.Require(owner == null, pin.Line, pin.Name, $"pin {pin.Pin} is taken on {chip.Name} by its {owner}");
        file.Require(pin.Use != "output" || !chip.IsInputOnly(pin.Pin), pin.Line, pin.Name,
            $"pin {pin.Pin} of {chip.Name} is an input only");
        file.Require(!chip.IsStrapping(pin.Pin) || pin.Note != "", pin.Line, pin.Name,
            $"{chip.Name} samples pin {pin.Pin} at reset: a \"note\" was expected that says why this does no harm");
    }

    private static void CheckFunction(BoardData board, ChipData chip, BoardPin pin)
    {
        DataFile file = board.File;
        BoardPin? twin = board.Pins.FirstOrDefault(other => other != pin && other.Use == pin.Use);
        file.Require(twin == null, pin.Line, pin.Name, $"{pin.Use} is {twin?.Name}'s already, line {twin?.Line}");
        string? only = chip.PinOf(pin.Use);
        file.Require(only == null || only == pin.Pin, pin.Line, pin.Name,
            $"{pin.Use} of {chip.Name} is pin {only}, not {pin.Pin}");
        bool isFree = chip.AssignsFunctions && !pin.Use.StartsWith("ADC", StringComparison.Ordinal);
        file.Require(only != null || isFree, pin.Line, pin.Name,
            $"{chip.Name} has no {pin.Use}: input, output or a function of its own was expected");
        foreach ((string _, string[] roles) in _buses.Where(bus => bus.Kind == pin.Bus[..^1]))
        {
            string? missing = roles.FirstOrDefault(role => board.Pins.All(other => other.Use != $"{pin.Bus}_{role}"));
            file.Require(missing == null, pin.Line, pin.Name, $"{pin.Bus} lacks a pin for {pin.Bus}_{missing}");
        }
    }

    private static void CheckSensor(BoardData board, BoardSensor sensor)
    {
        DataFile file = board.File;
        file.Require(board.Pins.Any(pin => pin.IsFunction && pin.Bus == sensor.Bus), sensor.Line, sensor.Chip,
            $"no pin of this board is {sensor.Bus}'s");
        SensorKind? kind = SensorKinds.Find(sensor.Chip);
        file.Require(kind != null && kind.IsOn(sensor.Bus), sensor.Line, sensor.Chip,
            $"one of {SensorKinds.All} was expected; {sensor.Chip} on {sensor.Bus} is not known");
        bool isSpi = sensor.Bus.StartsWith("SPI", StringComparison.Ordinal);
        int chips = isSpi ? (board.PhaseCount + kind!.Phases - 1) / kind.Phases : 0;
        file.Require(sensor.Selects.Length == chips, sensor.Line, sensor.Chip, isSpi
            ? $"{chips} selects were expected, one a chip; there are {sensor.Selects.Length}"
            : $"selects belong to SPI, not to {sensor.Bus}");
        file.Require(isSpi || board.PhaseCount <= kind!.Phases, sensor.Line, sensor.Chip,
            $"one chip on {sensor.Bus} measures {kind!.Phases} of this board's {board.PhaseCount} phases");
        foreach (string select in sensor.Selects)
        {
            file.Require(board.Pins.Any(pin => pin.Name == select && pin.Use == "output"), sensor.Line, sensor.Chip,
                $"select {select}: an output pin of that name was expected");
        }
    }

    private static void CheckStorage(BoardData board)
    {
        int blocks = board.ReservedBlocks;
        foreach (BoardFolder folder in board.Folders)
        {
            blocks += (folder.Blocks - folder.SmallBlocks) * ((folder.BlockBytes + BlockBytes - 1) / BlockBytes);
            int kilobytes = blocks * (BlockBytes / 1024);
            board.File.Require(kilobytes <= board.StorageKilobytes, folder.Line, folder.Folder,
                $"reserved blocks and folders up to here take {kilobytes} KB; "
                + $"the storage has {board.StorageKilobytes} KB");
        }

        board.File.Require(board.Plan == "" || Plan().IsMatch(board.Plan), board.File.Root.Line, "storage.plan",
            "the name of a method of MeterPlan was expected");
        board.File.Require(board.Product != "meter" || board.Plan != "", board.File.Root.Line, "storage.plan",
            "a meter's board names a plan of MeterPlan, such as Of4Megabytes");
    }

    [GeneratedRegex("^[a-z][A-Za-z0-9]*$")]
    private static partial Regex Name();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*$")]
    private static partial Regex Plan();

    // As the chip's package calls them: I2C1_DATA, PWM1, ADC1_CH0.
    [GeneratedRegex("^[A-Z][A-Z0-9]{2,}(_[A-Z0-9]+)?$")]
    private static partial Regex Function();
}

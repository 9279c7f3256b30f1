using System.Text;

namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>The constants and the wiring that a board's Program uses, made out of its board.json.</summary>
public static class BoardCode
{
    public static string Of(BoardData board, ChipData chip)
    {
        string[] usings = [.. Usings(board, chip)];
        StringBuilder code = new();
        code.Append("// Made out of board.json by `dotnet run --project tools/Generate`: change that file.\n");
        foreach (string name in usings)
        {
            code.Append($"using {name};\n");
        }

        code.Append($"\nnamespace MeterFirmware.Boards.{board.Name};\n\n");
        code.Append($"/// <summary>What board.json says of this board ({chip.Name}).</summary>\n");
        code.Append("internal static class Board\n{\n");
        code.Append($"    public const string Drive = \"{board.Drive}\";\n");
        code.Append($"    public const int PhaseCount = {board.PhaseCount};\n");
        code.Append($"    public const bool StoreMayLoseTail = {(board.MayLoseTail ? "true" : "false")};\n");
        code.Append(board.Product != "site" ? "" : $"    public const int HeapBytes = {board.HeapKilobytes * 1024};\n");
        foreach (BoardPin pin in board.Pins)
        {
            code.Append($"    public const int {Texts.Member(pin.Name)} = {ChipData.NumberOf(pin.Pin)};\n");
        }

        AppendPins(code, board);
        AppendFunctions(code, board, chip);
        AppendSensors(code, board);
        AppendMemoryAndClock(code, board);
        AppendNetwork(code, board);
        return code.Append("}\n").ToString();
    }

    private static IEnumerable<string> Usings(BoardData board, ChipData chip)
    {
        if (board.Product == "charger")
        {
            yield return "MeterFirmware.Boards.ChargerDevice";
        }

        yield return "MeterFirmware.Boards.Device";
        if (board.Product == "meter")
        {
            yield return "MeterFirmware.Boards.MeterDevice";
        }

        if (board.Sensors.Any(sensor => sensor.Bus == SensorKind.Pulses))
        {
            yield return "MeterFirmware.Boards.Pulses";
        }

        IEnumerable<string> chips = board.Sensors.Select(sensor => SensorKinds.Find(sensor.Chip)!.Room);
        foreach (string room in chips.Distinct().Order(StringComparer.Ordinal))
        {
            yield return $"MeterFirmware.Boards.Sensors.{room}";
        }

        yield return "MeterFirmware.Boards.SettingsFile";
        if (board.Clock != null)
        {
            yield return "MeterFirmware.Drivers.ClockChips";
        }

        if (board.Fram != null)
        {
            yield return "MeterFirmware.Drivers.Fram";
        }

        if (board.Product == "meter"
            || board.Sensors.Any(sensor => sensor.Bus.StartsWith("SPI", StringComparison.Ordinal)))
        {
            yield return "MeterFirmware.Hardware";
        }

        if (board.Product == "meter")
        {
            yield return "MeterFirmware.SmartMeter";
        }

        if (chip.AssignsFunctions)
        {
            yield return "nanoFramework.Hardware.Esp32";
        }
    }

    // Pins by the names of the product's own class; an analog one as the channel that the controller counts.
    private static void AppendPins(StringBuilder code, BoardData board)
    {
        string? type = board.Product switch { "charger" => "ChargerPins", "meter" => "MeterPins", _ => null };
        if (type == null)
        {
            return;
        }

        string[] buses = [.. board.Pins.Where(pin => pin.IsFunction && pin.Use[..3] is "I2C" or "COM" or "SPI")
            .Select(pin => pin.Name)];
        string[] selects = [.. board.Sensors.SelectMany(sensor => sensor.Selects)];
        code.Append($"\n    public static {type} Pins() => new {type}\n    {{\n");
        foreach (BoardPin pin in board.Pins.Where(pin => !buses.Contains(pin.Name) && !selects.Contains(pin.Name)))
        {
            bool isAnalog = pin.Use.StartsWith("ADC", StringComparison.Ordinal);
            code.Append(isAnalog
                ? $"        {Texts.Member(pin.Name)}Channel = {pin.Role[2..]},\n"
                : $"        {Texts.Member(pin.Name)} = {Texts.Member(pin.Name)},\n");
        }

        code.Append("    };\n");
        if (board.Product == "meter")
        {
            code.Append($"\n    public static MeterPlan Plan() => MeterPlan.{board.Plan}();\n");
        }
    }

    private static void AppendFunctions(StringBuilder code, BoardData board, ChipData chip)
    {
        if (!chip.AssignsFunctions)
        {
            return;
        }

        code.Append("\n    /// <summary>Before anything is opened: a bus finds its pins by them.</summary>\n");
        code.Append("    public static void AssignFunctions()\n    {\n");
        foreach (BoardPin pin in board.Pins.Where(pin => pin.IsFunction))
        {
            code.Append($"        Configuration.SetPinFunction({Texts.Member(pin.Name)}, DeviceFunction.{pin.Use});\n");
        }

        code.Append("    }\n");
    }

    private static void AppendSensors(StringBuilder code, BoardData board)
    {
        if (board.Sensors.Length == 0)
        {
            return;
        }

        code.Append("\n    /// <summary>Metering chips of the image; where the settings name none, the first.")
            .Append("</summary>\n    public static SensorTable Sensors()\n    {\n")
            .Append("        SensorTable sensors = new SensorTable();\n");
        foreach (BoardSensor sensor in board.Sensors)
        {
            string maker = SensorKinds.Find(sensor.Chip)!.MakerOn(
                sensor, board.Pins.Any(pin => pin.Use == $"{sensor.Bus}_RTS"));
            code.Append($"        sensors.Add(\"{sensor.Chip}\", {maker});\n");
        }

        foreach (string name in SensorKinds.NamesIgnoredBy(board))
        {
            code.Append($"        sensors.AddIgnored(\"{name}\");\n");
        }

        code.Append("        return sensors;\n    }\n");
    }

    private static void AppendMemoryAndClock(StringBuilder code, BoardData board)
    {
        if (board.Product != "meter")
        {
            return;
        }

        string fram = board.Fram is not BoardFram chip ? "null"
            : $"new FramStart(\n        new I2cRegisterBus({chip.Bus[^1]}, 0x50),\n        "
                + $"new FramSettings {{ CapacityBytes = {chip.Kilobytes * 1024}, BlockCount = {chip.Blocks} }})";
        string clock = board.Clock is not BoardClock kind ? "null"
            : $"new WatchedClock({ClockKinds.Find(kind.Chip, kind.Bus[^1])})";
        code.Append($"\n    public const int FramBlocks = {board.Fram?.Blocks ?? 0};\n");
        code.Append("\n    /// <summary>The first blocks of the plan lie there; null: all are files.</summary>\n")
            .Append($"    public static IStoreSource Fram() => {fram};\n");
        code.Append("\n    /// <summary>Null: none with a battery.</summary>\n")
            .Append($"    public static IBatteryClock Clock() => {clock};\n");
    }

    private static void AppendNetwork(StringBuilder code, BoardData board)
    {
        string start = board.Network switch
        {
            "wifi" => "settings.Ssid == \"\" ? null : NetworkStarter.StartWifi(settings.Ssid, settings.WifiPassword)",
            "ethernet" => "NetworkStarter.StartEthernet()",
            _ => "null",
        };
        code.Append("\n    /// <summary>Null: no network.</summary>\n");
        code.Append($"    public static NetworkStarter StartNetwork(BoardSettings settings) =>\n        {start};\n");
    }
}

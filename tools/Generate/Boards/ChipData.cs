namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>A processor, or a module with its own memory: its pins and what they can do (boards/chips.json).</summary>
public sealed class ChipData
{
    private readonly DataFile _file;
    private readonly DataValue _data;
    private readonly HashSet<string> _pins = [];

    public ChipData(string name, DataFile file, DataValue data)
    {
        Name = name;
        _file = file;
        _data = data;
        file.Allow(data, name, "source", "pins", "inputOnly", "taken", "strapping", "functions", "assigns");
        file.Text(data, "source");
        foreach (DataValue range in data.Find("pins")?.Items ?? [])
        {
            AddRange(range);
        }

        file.Require(_pins.Count > 0, data.Line, "pins",
            "a list such as [\"0-19\", \"21\"] or [\"PA0-PA15\"] was expected");
    }

    public string Name { get; }

    /// <summary>True: firmware assigns functions to pins (ESP32). False: the image has them (STM32).</summary>
    public bool AssignsFunctions => _file.Flag(_data, "assigns");

    public bool Has(string pin) => _pins.Contains(pin);

    public bool IsInputOnly(string pin) => Holds("inputOnly", pin);

    /// <summary>Sampled at reset: a board says in a note why what hangs there does no harm.</summary>
    public bool IsStrapping(string pin) => Holds("strapping", pin);

    /// <summary>What has the pin already, such as the module's flash; null: nothing.</summary>
    public string? TakenBy(string pin) => _data.Find("taken")?.Find(pin)?.Value as string;

    /// <summary>The only pin of a function; null: it is free, or there is none such.</summary>
    public string? PinOf(string function) => _data.Find("functions")?.Find(function)?.Value as string;

    /// <summary>As nanoFramework numbers it: GPIO number, or 16 × port + pin.</summary>
    public static int NumberOf(string pin) =>
        pin[0] == 'P' ? 16 * (pin[1] - 'A') + int.Parse(pin[2..], Texts.Culture) : int.Parse(pin, Texts.Culture);

    private bool Holds(string list, string pin) =>
        _data.Find(list)?.Items.Any(item => item.Value as string == pin) ?? false;

    // "7", "0-19", "PA0-PA15".
    private void AddRange(DataValue range)
    {
        string[] ends = (range.Value as string ?? "").Split('-');
        _file.Require(ends.Length <= 2 && ends.All(IsPin), range.Line, "pins", "7, 0-19 or PA0-PA15 was expected");
        string port = ends[0][0] == 'P' ? ends[0][..2] : "";
        for (int number = NumberOf(ends[0]); number <= NumberOf(ends[^1]); number++)
        {
            _pins.Add(port + (port == "" ? number : number % 16).ToString(Texts.Culture));
        }
    }

    private static bool IsPin(string text)
    {
        string digits = text.Length > 2 && text[0] == 'P' && text[1] is >= 'A' and <= 'K' ? text[2..] : text;
        return digits.Length is 1 or 2 && digits.All(char.IsAsciiDigit);
    }
}

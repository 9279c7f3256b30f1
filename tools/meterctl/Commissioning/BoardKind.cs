using System.Reflection;
using System.Text.Json;

namespace MeterFirmware.Tools.MeterCtl.Commissioning;

/// <summary>A board that ships: what of its board.json whoever commissions one must know.</summary>
/// <param name="Name">Its folder in boards/.</param>
/// <param name="Product">meter, charger or site.</param>
/// <param name="Processor">As boards/chips.json calls it.</param>
/// <param name="Network">wifi, ethernet or none.</param>
/// <param name="Drive">Of its files, such as I:.</param>
/// <param name="Chips">Metering chips of its image; the first holds where the settings name none. A Modbus meter is no
/// chip: its data file lies on the board, and it is set there by hand.</param>
internal sealed record BoardKind(string Name, string Product, string Processor, string Network, string Drive,
    IReadOnlyList<string> Chips)
{
    private const string Prefix = "board:";
    private const string ModbusMeter = "modbus";

    private static readonly char[] _separators = ['/', '\\'];

    /// <summary>All boards by name.</summary>
    public static IReadOnlyList<BoardKind> All { get; } = [.. typeof(BoardKind).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .Select(Load).OrderBy(board => board.Name, StringComparer.Ordinal)];

    /// <summary>All names, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(board => board.Name));

    /// <summary>The board of that name, whatever its case; <see cref="InputException"/>: there is none.</summary>
    public static BoardKind Find(string option, string name) =>
        All.FirstOrDefault(board => string.Equals(board.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new InputException($"{option}: '{name}', one of {Names} was expected");

    private static BoardKind Load(string resource)
    {
        using Stream file = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using JsonDocument document = JsonDocument.Parse(file);
        JsonElement root = document.RootElement;
        return new BoardKind(resource[Prefix.Length..].TrimEnd(_separators), Text(root, "product"),
            Text(root, "chip"), Text(root, "network"), Text(root, "drive"),
            [.. root.GetProperty("sensors").EnumerateArray().Select(sensor => Text(sensor, "chip"))
                .Where(chip => chip != ModbusMeter)]);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>What each capability takes of the heap, and what each board has for it: constants and a table, out of
/// boards/heap.json and each board's "heapKilobytes".</summary>
public static class HeapTable
{
    public const string CodePath = "boards/SettingsFile/HeapCost.cs";

    private const string DataPath = "boards/heap.json";
    private static readonly JsonSerializerOptions _strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static HeapCapability[] Load(Repository repository)
    {
        try
        {
            return JsonSerializer.Deserialize<HeapFile>(repository.Read(DataPath), _strict)!.Capabilities;
        }
        catch (JsonException e)
        {
            throw new CatalogueException($"{DataPath}: line {e.LineNumber + 1}: {e.Message}");
        }
    }

    public static string Code(IEnumerable<HeapCapability> capabilities)
    {
        CodeText code = new([], "MeterFirmware.Boards.SettingsFile", DataPath);
        code.Summary("What a capability takes of the heap, bytes.").Line("public static class HeapCost").Open();
        string[] lines = [.. capabilities.Select(c => $"public const int {c.Name} = {CodeText.Number(c.Bytes)};")];
        HeapCapability[] all = [.. capabilities];
        for (int i = 0; i < all.Length; i++)
        {
            string what = char.ToUpperInvariant(all[i].What[0]) + all[i].What[1..] + ".";
            (i == 0 ? code : code.Line()).Summary(what).Line(lines[i]);
        }

        return code.Close().ToString();
    }

    public static string Of(IReadOnlyList<HeapCapability> capabilities, IReadOnlyList<BoardData> boards)
    {
        StringBuilder table = new();
        table.Append($"| heap | bytes | {string.Join(" | ", boards.Select(board => board.Name))} |\n");
        table.Append($"|---|---:|{string.Concat(boards.Select(_ => "---:|"))}\n");
        foreach (HeapCapability c in capabilities)
        {
            table.Append($"| {c.What} | {Text(c.Bytes)} |");
            foreach (BoardData board in boards)
            {
                table.Append(board.Product != c.Product ? " |" : $" {Cell(c, capabilities, board)} |");
            }

            table.Append('\n');
        }

        table.Append($"| **the board's budget** | | {string.Join(" | ", boards.Select(Budget))} |\n");
        return table.ToString();
    }

    private static string Cell(HeapCapability c, IReadOnlyList<HeapCapability> all, BoardData board)
    {
        if (!c.IsEach || board.HeapKilobytes == 0)
        {
            return c.IsEach ? "any" : c.IsOptional ? "may" : "x";
        }

        int rest = board.HeapKilobytes * 1024 - all.Where(other => other.Product == c.Product && !other.IsEach
            && !other.IsOptional).Sum(other => other.Bytes);
        return $"at most {rest / c.Bytes}";
    }

    private static string Budget(BoardData board) =>
        board.HeapKilobytes == 0 ? "none set" : $"**{Text(board.HeapKilobytes * 1024)}**";

    private static string Text(int bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);
}

using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MeterFirmware.Tools.HeadEnds.Exports;

/// <summary>Takes rows of any table out, page by page.</summary>
public sealed class ExportStore(IHeadEndStore store)
{
    private readonly SqlStore _store = (SqlStore)store;

    /// <summary>Rows of a table.</summary>
    /// <param name="table">One of <see cref="ExportTables"/>.</param>
    /// <param name="fromUtcSeconds">Of a table with a time: from here.</param>
    /// <param name="toUtcSeconds">Up to here.</param>
    /// <param name="cursor">The next of the page before; null: from the first row on.</param>
    /// <param name="countMax">How many at most.</param>
    /// <exception cref="FormatException">It is no cursor of this table.</exception>
    public ExportPage Read(ExportTable table, long fromUtcSeconds, long toUtcSeconds, string? cursor, int countMax)
    {
        object[]? key = cursor == null ? null : Key(table, cursor);
        List<(object?[] Cells, object[] Key)> rows = table.IsByDevice
            ? ByDevice(table, fromUtcSeconds, toUtcSeconds, key, countMax + 1)
            : Rows(table, null, fromUtcSeconds, toUtcSeconds, key, countMax + 1);
        return new ExportPage([.. rows.Take(countMax).Select(row => row.Cells)],
            rows.Count > countMax ? Text(rows[countMax - 1].Key) : null);
    }

    /// <summary>One device after the other, until the page is full.</summary>
    private List<(object?[] Cells, object[] Key)> ByDevice(ExportTable table, long from, long to, object[]? key,
        int countMax)
    {
        List<(object?[], object[])> rows = [];
        string? device = (string?)key?[0];
        if (device != null)
        {
            rows.AddRange(Rows(table, device, from, to, key, countMax));
        }

        while (rows.Count < countMax)
        {
            device = _store.Rows("SELECT address FROM device WHERE address>@after ORDER BY address LIMIT 1",
                row => row.GetString(0), ("after", device ?? "")).FirstOrDefault();
            if (device == null)
            {
                break;
            }

            rows.AddRange(Rows(table, device, from, to, null, countMax - rows.Count));
        }

        return rows;
    }

    private List<(object?[] Cells, object[] Key)> Rows(ExportTable table, string? device, long from, long to,
        object[]? key, int countMax)
    {
        List<(string Name, object? Value)> parameters = [("count", countMax)];
        List<string> where = [];
        if (table.Time.Length > 0)
        {
            where.Add($"{table.Time}>=@from AND {table.Time}<@to");
            parameters.AddRange([("from", from), ("to", to)]);
        }

        if (device != null)
        {
            where.Add($"{table.Key[0]}=@device");
            parameters.Add(("device", device));
        }

        if (key != null)
        {
            where.Add($"({string.Join(", ", table.Key)}) > ({string.Join(", ", key.Select((_, i) => $"@key{i}"))})");
            parameters.AddRange(key.Select((value, i) => ($"key{i}", (object?)value)));
        }

        int cells = table.Cells.Count;
        return _store.Rows($"""
            SELECT {string.Join(", ", table.Cells.Concat(table.Key))} FROM {table.Source}
            {(where.Count == 0 ? "" : "WHERE " + string.Join(" AND ", where))}
            ORDER BY {string.Join(", ", table.Key)} LIMIT @count
            """,
            row => (Values(row, 0, cells), Array.ConvertAll(Values(row, cells, table.Key.Count), value => value!)),
            [.. parameters]);
    }

    private static object?[] Values(DbDataReader row, int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => row.IsDBNull(i) ? null : row.GetValue(i) switch
        {
            // Both databases say the same.
            bool isSet => isSet ? 1L : 0L,
            int number => (long)number,
            byte[] bytes => Encoding.UTF8.GetString(bytes),
            object value => value,
        })];

    private static string Text(object[] key) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(key)).Replace('+', '-').Replace('/', '_');

    private static object[] Key(ExportTable table, string cursor)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                Convert.FromBase64String(cursor.Replace('-', '+').Replace('_', '/')));
            object[] key = [.. document.RootElement.EnumerateArray().Select(part =>
                part.ValueKind == JsonValueKind.String ? part.GetString()! : (object)part.GetInt64())];
            if (key.Length == table.Key.Count
                && key.Zip(table.Key).All(one => one.First is string == IsText(one.Second)))
            {
                return key;
            }
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            // Told below.
        }

        throw new FormatException(string.Create(
            CultureInfo.InvariantCulture, $"cursor: the next of the page before of {table.Name} was expected"));
    }

    private static bool IsText(string key) => key is "name" or "address" or "rule" or "source";
}

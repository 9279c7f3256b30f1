using System.Numerics;
using System.Text.Json;

namespace MeterFirmware.Tools.Billing;

/// <summary>The tables of the power-factor adjustment (Data/power-factor.json, 〔83〕水电财字第215号).</summary>
public static class PowerFactorTable
{
    private static readonly Dictionary<int, SortedDictionary<int, long>> _tables = Load();

    /// <summary>P/√(P²+Q²) in hundredths, rounded half up, without a root: the largest k with (2k − 1)²(P²+Q²) ≤ (200
    /// P)².</summary>
    public static int Hundredths(BigInteger active, BigInteger reactive)
    {
        BigInteger square = active * active + reactive * reactive;
        int hundredths = 100;
        while (hundredths > 0 && (2 * hundredths - 1) * (2 * hundredths - 1) * square > 40_000 * active * active)
        {
            hundredths--;
        }

        return square.IsZero ? 100 : hundredths;
    }

    /// <summary>Share of the bill in millionths, below 0 for a reward.</summary>
    public static long ShareMillionths(int standard, int hundredths)
    {
        SortedDictionary<int, long> table = _tables[standard];
        int lowest = table.Keys.First();
        int highest = table.Keys.Last();
        return hundredths < lowest ? table[lowest] + (lowest - hundredths) * 20_000L
            : table[Math.Min(hundredths, highest)];
    }

    private static Dictionary<int, SortedDictionary<int, long>> Load()
    {
        using Stream stream = typeof(PowerFactorTable).Assembly.GetManifestResourceStream("data:power-factor.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        Dictionary<int, SortedDictionary<int, long>> tables = [];
        foreach (JsonProperty table in document.RootElement.EnumerateObject()
            .Where(one => one.Value.ValueKind == JsonValueKind.Object))
        {
            SortedDictionary<int, long> rows = [];
            foreach (JsonProperty row in table.Value.EnumerateObject())
            {
                decimal percent = NumberText.TryRead(row.Value.GetString(), out decimal read) ? read
                    : throw new InvalidDataException($"power-factor.json: {row.Name}");
                rows.Add(int.Parse(row.Name, System.Globalization.CultureInfo.InvariantCulture),
                    (long)(percent * 10_000));
            }

            tables.Add(int.Parse(table.Name, System.Globalization.CultureInfo.InvariantCulture), rows);
        }

        return tables;
    }
}

using NodaTime;

namespace MeterFirmware.Tools.Billing.Lists;

/// <summary>Prices of consecutive intervals, as a market publishes them: a file of its own beside the tariff, in the
/// file's own unit. An interval may lack a price.</summary>
public sealed class PriceList
{
    /// <summary>Parts of the file's unit that a price is counted in.</summary>
    public const long Scale = 100_000_000;

    /// <summary>Ten years of quarter hours and more.</summary>
    private const int CountMax = 400_000;
    private static readonly int[] _steps = [900, 1800, 3600];

    private readonly long?[] _import;
    private readonly long?[] _export;

    private PriceList(string path, long startUtc, int stepSeconds, int count)
    {
        Path = path;
        StartUtc = startUtc;
        StepSeconds = stepSeconds;
        _import = new long?[count];
        _export = new long?[count];
    }

    /// <summary>As the user gave it.</summary>
    public string Path { get; }

    public long StartUtc { get; }

    /// <summary>900, 1800 or 3600.</summary>
    public int StepSeconds { get; }

    public int Count => _import.Length;

    /// <summary>Reads a CSV of time, price and perhaps export, or JSON as Octopus gives it.</summary>
    public static PriceList Read(string path, DateTimeZone zone)
    {
        List<PriceRow> rows = [.. TextFile.IsJson(path) ? OctopusPrices.Read(path) : PriceRows.Read(path, zone)];
        return Of(path, rows);
    }

    /// <summary>Rows in time order become a list.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="rows">Each with its place in the file.</param>
    public static PriceList Of(string path, IReadOnlyList<PriceRow> rows)
    {
        if (rows.Count < 2)
        {
            throw new InputException($"{path}: at least two prices were expected, so that their distance is known");
        }

        long step = rows.Zip(rows.Skip(1), (a, b) => b.Utc - a.Utc).Min();
        if (!_steps.Contains((int)Math.Clamp(step, 0, int.MaxValue)))
        {
            throw new InputException($"{path}: prices {step} s apart; 15, 30 or 60 minutes were expected");
        }

        long count = (rows[^1].Utc - rows[0].Utc) / step + 1;
        PriceList list = count <= CountMax ? new PriceList(path, rows[0].Utc, (int)step, (int)count)
            : throw new InputException($"{path}: prices over {count * step / 86_400} days; at most "
                + $"{CountMax * step / 86_400} were expected");
        foreach (PriceRow row in rows)
        {
            long index = (row.Utc - list.StartUtc) / step;
            if ((row.Utc - list.StartUtc) % step != 0)
            {
                throw new InputException($"{row.Place}: its time is not {step / 60} minutes or a multiple after the "
                    + "first one's");
            }

            (list._import[index], list._export[index]) = (row.Import, row.Export);
        }

        return list;
    }

    /// <summary>The interval that holds a moment: false when it has no price.</summary>
    /// <param name="utc">UTC seconds.</param>
    /// <param name="import">Parts of <see cref="Scale"/>.</param>
    /// <param name="export">The same for exported energy; null: the file has none.</param>
    /// <param name="untilUtc">Where the interval, or the time without a list, ends.</param>
    public bool TryFind(long utc, out long import, out long? export, out long untilUtc)
    {
        (import, export) = (0, null);
        long index = utc < StartUtc ? -1 : (utc - StartUtc) / StepSeconds;
        untilUtc = index < Count ? StartUtc + (index + 1) * StepSeconds : long.MaxValue;
        if (index < 0 || index >= Count || _import[index] is not long price)
        {
            return false;
        }

        (import, export) = (price, _export[index]);
        return true;
    }
}

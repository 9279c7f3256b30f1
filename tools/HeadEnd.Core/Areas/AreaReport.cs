using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;

namespace MeterFirmware.Tools.HeadEnds.Areas;

/// <summary>What a utility reads of a transformer area: loss, load, unbalance, voltage.</summary>
public sealed class AreaReport(IHeadEndStore store, FleetStore fleet, QualitySettings settings)
{
    private const string Transformer = "transformer";

    /// <summary>Below this share of the transformer's rated current an unbalance says nothing.</summary>
    private const double UnbalanceCurrentLeast = 0.1;

    private readonly SqlStore _store = (SqlStore)store;

    /// <summary>Transformer areas in force on a day, in the order of their names.</summary>
    public IReadOnlyList<Area> Transformers(DateOnly day) => [.. fleet.Areas().Where(area =>
        area.Kind == Transformer && IsInForce(area.From, area.To, day)).DistinctBy(area => area.Name)];

    /// <summary>Loss of an area, day by day, from the readings that count.</summary>
    public IReadOnlyList<AreaDay> Loss(string area, DateOnly from, DateOnly to)
    {
        List<Place> places = Members(area);
        Dictionary<(string Address, DateOnly Day), Sum> sums = [];
        foreach (string address in places.Select(place => place.Address).Distinct())
        {
            foreach (Sum sum in Sums(address, settings.StartOf(from), settings.StartOf(to.AddDays(1))))
            {
                sums[(address, sum.Day)] = sum;
            }
        }

        List<AreaDay> days = [];
        for (DateOnly day = from; day <= to; day = day.AddDays(1))
        {
            days.Add(Day(area, day, [.. places.Where(place => IsInForce(place.From, place.To, day))], sums));
        }

        return days;
    }

    /// <summary>Load, unbalance and voltage of an area on one day.</summary>
    public AreaLoad Load(string area, DateOnly day)
    {
        List<Place> places = [.. Members(area).Where(place => IsInForce(place.From, place.To, day))];
        int? rating = Transformers(day).FirstOrDefault(one => one.Name == area)?.RatingKva;
        long start = settings.StartOf(day);
        long end = settings.StartOf(day.AddDays(1));
        Dictionary<long, double> power = [];
        int? unbalance = null;
        long qualified = 0;
        long judged = 0;
        foreach (Place place in places.DistinctBy(place => place.Address))
        {
            foreach ((long from, long to, PhaseMeans means) in Means(place.Address, start, end))
            {
                judged += to - from;
                qualified += means.IsQualified ? to - from : 0;
                if (place.Role != Place.Supply)
                {
                    continue;
                }

                power[from] = power.GetValueOrDefault(from) + means.VoltAmperes;
                bool isLoaded = rating == null || means.VoltAmperes >= rating * 1_000.0 * UnbalanceCurrentLeast;
                unbalance = isLoaded && means.UnbalancePermille is { } now
                    ? Math.Max(now, unbalance ?? 0) : unbalance;
            }
        }

        KeyValuePair<long, double>? most = power.Count == 0 ? null : power.MaxBy(one => one.Value);
        return new AreaLoad(area, day, rating, most is { } found ? (long)found.Value : null, most?.Key ?? 0, unbalance,
            qualified, judged);
    }

    private AreaDay Day(string area, DateOnly day, List<Place> places,
        Dictionary<(string Address, DateOnly Day), Sum> sums)
    {
        long seconds = settings.StartOf(day.AddDays(1)) - settings.StartOf(day);
        long supplied = 0;
        long sold = 0;
        List<string> missing = [];
        List<string> estimated = [];
        foreach (Place place in places)
        {
            Sum? sum = sums.GetValueOrDefault((place.Address, day));
            if (sum == null || sum.Seconds < seconds)
            {
                missing.Add(place.Address);
            }

            if (sum?.Corrected > 0)
            {
                estimated.Add(place.Address);
            }

            supplied += place.Role == Place.Supply ? sum?.NetMilliwattHours ?? 0 : 0;
            sold += place.Role == Place.Supply ? 0 : sum?.NetMilliwattHours ?? 0;
        }

        bool isSupplyWhole = places.Exists(place => place.Role == Place.Supply)
            && !places.Exists(place => place.Role == Place.Supply && missing.Contains(place.Address));
        return new AreaDay(area, day, isSupplyWhole ? supplied : null, sold,
            places.Count(place => place.Role != Place.Supply), missing, estimated);
    }

    /// <summary>A charger stands behind its customer's meter: what it sends is not sold twice.</summary>
    private List<Place> Members(string area) =>
        [.. fleet.Places().Where(place => place.Area == area && place.Role != Place.Behind)];

    private bool IsInForce(DateTimeOffset from, DateTimeOffset? to, DateOnly day) =>
        from.ToUnixTimeSeconds() < settings.StartOf(day.AddDays(1))
        && (to == null || to.Value.ToUnixTimeSeconds() > settings.StartOf(day));

    private List<Sum> Sums(string address, long from, long to)
    {
        int zone = (int)settings.Zone.TotalSeconds;
        return _store.Rows($"""
            SELECT (start_utc_s + {zone}) / 86400 AS local_day, {SqlStore.Sums("import_milliwatthours")},
                {SqlStore.Sums("export_milliwatthours")}, CAST(SUM(end_utc_s - start_utc_s) AS BIGINT),
                SUM(CASE WHEN source='{Reading.Measured}' THEN 0 ELSE 1 END)
            FROM reading WHERE address=@device AND start_utc_s>=@from AND start_utc_s<@to
            GROUP BY (start_utc_s + {zone}) / 86400
            """,
            row => new Sum(DateOnly.FromDayNumber((int)row.GetInt64(0) + new DateOnly(1970, 1, 1).DayNumber),
                SqlStore.Sum(row, 1) - SqlStore.Sum(row, 3), row.GetInt64(5), row.GetInt64(6)),
            ("device", address), ("from", from), ("to", to));
    }

    private IEnumerable<(long From, long To, PhaseMeans Means)> Means(string address, long from, long to) =>
        _store.Rows("""
            SELECT record.start_utc_s, record.end_utc_s, record.body
            FROM device JOIN journal ON journal.device_id=device.id JOIN record ON record.journal_id=journal.id
            WHERE device.address=@device AND record.kind='interval' AND record.local_day IS NOT NULL
                AND record.start_utc_s>=@from AND record.start_utc_s<@to
            """,
            row => (row.GetInt64(0), row.GetInt64(1), PhaseMeans.Read((byte[])row[2])),
            ("device", address), ("from", from), ("to", to))
        .Where(row => row.Item3 != null).Select(row => (row.Item1, row.Item2, row.Item3!));

    private sealed record Sum(DateOnly Day, long NetMilliwattHours, long Seconds, long Corrected);
}

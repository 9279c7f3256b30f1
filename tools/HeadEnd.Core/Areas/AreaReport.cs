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

    /// <summary>Loss of an area, day by day, from the readings that count. A member counts for its time.</summary>
    public IReadOnlyList<AreaDay> Loss(string area, DateOnly from, DateOnly to)
    {
        List<Place> places = Members(area);
        Dictionary<(Place Place, DateOnly Day), Sum> sums = [];
        foreach (Place place in places)
        {
            foreach (Sum sum in Sums(Clip(place, settings.StartOf(from), settings.StartOf(to.AddDays(1)))))
            {
                sums[(place, sum.Day)] = sum;
            }
        }

        List<AreaDay> days = [];
        for (DateOnly day = from; day <= to; day = day.AddDays(1))
        {
            days.Add(Day(area, day, Stays(places, day), sums));
        }

        return days;
    }

    /// <summary>Load, unbalance and voltage of an area on one day.</summary>
    public AreaLoad Load(string area, DateOnly day)
    {
        int? rating = Transformers(day).FirstOrDefault(one => one.Name == area)?.RatingKva;
        Dictionary<long, double> power = [];
        int? unbalance = null;
        long qualified = 0;
        long judged = 0;
        foreach (Stay stay in Stays(Members(area), day))
        {
            foreach ((long from, long to, PhaseMeans means) in Means(stay))
            {
                judged += to - from;
                qualified += means.IsQualified ? to - from : 0;
                if (!stay.IsSupply)
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

    private AreaDay Day(string area, DateOnly day, List<Stay> stays,
        Dictionary<(Place Place, DateOnly Day), Sum> sums)
    {
        long supplied = 0;
        long sold = 0;
        List<string> missing = [];
        List<string> estimated = [];
        foreach (Stay stay in stays)
        {
            Sum? sum = sums.GetValueOrDefault((stay.Place, day));
            if (sum == null || sum.Seconds < stay.To - stay.From)
            {
                missing.Add(stay.Place.Address);
            }

            if (sum?.Corrected > 0)
            {
                estimated.Add(stay.Place.Address);
            }

            supplied += stay.IsSupply ? sum?.NetMilliwattHours ?? 0 : 0;
            sold += stay.IsSupply ? 0 : sum?.NetMilliwattHours ?? 0;
        }

        bool isSupplyWhole = IsWhole(stays.Where(stay => stay.IsSupply), day)
            && !stays.Exists(stay => stay.IsSupply && missing.Contains(stay.Place.Address));
        return new AreaDay(area, day, isSupplyWhole ? supplied : null, sold,
            stays.Where(stay => !stay.IsSupply).DistinctBy(stay => stay.Place.Address).Count(),
            [.. missing.Distinct()], [.. estimated.Distinct()]);
    }

    /// <summary>Whether somebody was there the whole day: one after the other, too.</summary>
    private bool IsWhole(IEnumerable<Stay> stays, DateOnly day)
    {
        long reached = settings.StartOf(day);
        foreach (Stay stay in stays.OrderBy(stay => stay.From))
        {
            if (stay.From > reached)
            {
                return false;
            }

            reached = Math.Max(reached, stay.To);
        }

        return reached >= settings.StartOf(day.AddDays(1));
    }

    private List<Stay> Stays(List<Place> places, DateOnly day) => [.. places
        .Select(place => Clip(place, settings.StartOf(day), settings.StartOf(day.AddDays(1))))
        .Where(stay => stay.To > stay.From)];

    /// <summary>A place within a time, in whole intervals: that in which it changes is the old place's.</summary>
    private Stay Clip(Place place, long from, long to) => new(place, Math.Max(from, Up(place.From)),
        place.To is { } end ? Math.Min(to, Up(end)) : to);

    private long Up(DateTimeOffset time)
    {
        long seconds = time.ToUnixTimeSeconds() + settings.IntervalSeconds - 1;
        return seconds - seconds % settings.IntervalSeconds;
    }

    /// <summary>A charger stands behind its customer's meter: what it sends is not sold twice.</summary>
    private List<Place> Members(string area) =>
        [.. fleet.Places().Where(place => place.Area == area && place.Role != Place.Behind)];

    private bool IsInForce(DateTimeOffset from, DateTimeOffset? to, DateOnly day) =>
        from.ToUnixTimeSeconds() < settings.StartOf(day.AddDays(1))
        && (to == null || to.Value.ToUnixTimeSeconds() > settings.StartOf(day));

    private List<Sum> Sums(Stay stay)
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
            ("device", stay.Place.Address), ("from", stay.From), ("to", stay.To));
    }

    private IEnumerable<(long From, long To, PhaseMeans Means)> Means(Stay stay) =>
        _store.Rows("""
            SELECT record.start_utc_s, record.end_utc_s, record.body
            FROM device JOIN journal ON journal.device_id=device.id JOIN record ON record.journal_id=journal.id
            WHERE device.address=@device AND record.kind='interval' AND record.local_day IS NOT NULL
                AND record.start_utc_s>=@from AND record.start_utc_s<@to
            """,
            row => (row.GetInt64(0), row.GetInt64(1), PhaseMeans.Read((byte[])row[2])),
            ("device", stay.Place.Address), ("from", stay.From), ("to", stay.To))
        .Where(row => row.Item3 != null).Select(row => (row.Item1, row.Item2, row.Item3!));

    /// <summary>A place and the part of a time in which it holds.</summary>
    private sealed record Stay(Place Place, long From, long To)
    {
        public bool IsSupply => Place.Role == Place.Supply;
    }

    private sealed record Sum(DateOnly Day, long NetMilliwattHours, long Seconds, long Corrected);
}

using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;

namespace MeterFirmware.Tools.HeadEnds.Carbon;

/// <summary>Emission factors of the grid by hour, and what drawn energy emitted. The readings that count are taken,
/// estimates and edits among them.</summary>
public sealed class CarbonStore(IHeadEndStore store, FleetStore fleet, QualityStore quality)
{
    private const long HourSeconds = 3_600;

    /// <summary>mWh × µg/kWh is 10^-9 mg.</summary>
    private const long PartsPerMilligram = 1_000_000_000;

    private readonly SqlStore _store = (SqlStore)store;

    /// <summary>Takes factors; an hour that is known gets the new one. All of them, or none.</summary>
    /// <returns>What is wrong; empty: they hold.</returns>
    public IReadOnlyList<FleetFault> Put(string csv)
    {
        List<FleetFault> faults = [];
        SortedDictionary<long, long> factors = FactorCsv.Read(csv, faults);
        if (faults.Count > 0)
        {
            return [.. faults.Take(FleetCsv.FaultsMax)];
        }

        _store.Write((connection, transaction) =>
        {
            foreach ((long start, long micrograms) in factors)
            {
                SqlStore.Change(connection, transaction, """
                    INSERT INTO emission_factor VALUES(@start, @factor)
                    ON CONFLICT(start_utc_s) DO UPDATE SET micrograms_per_kwh=excluded.micrograms_per_kwh
                    """, ("start", start), ("factor", micrograms));
            }

            return 0;
        });
        return [];
    }

    /// <summary>Micrograms a kWh by the begin of the hour.</summary>
    public IReadOnlyList<KeyValuePair<long, long>> Factors(long fromUtcSeconds, long toUtcSeconds) => _store.Rows("""
        SELECT start_utc_s, micrograms_per_kwh FROM emission_factor WHERE start_utc_s>=@from AND start_utc_s<@to
        ORDER BY start_utc_s
        """, row => KeyValuePair.Create(row.GetInt64(0), row.GetInt64(1)),
        ("from", fromUtcSeconds), ("to", toUtcSeconds));

    /// <summary>What a device's energy emitted.</summary>
    public CarbonReport OfDevice(string address, long fromUtcSeconds, long toUtcSeconds) =>
        Report(quality.Readings(address, fromUtcSeconds, toUtcSeconds), fromUtcSeconds, toUtcSeconds);

    /// <summary>What the energy of a customer's devices emitted in the time that they were his.</summary>
    public CarbonReport OfCustomer(string customer, long fromUtcSeconds, long toUtcSeconds) =>
        OfPlaces(place => place.Customer == customer, fromUtcSeconds, toUtcSeconds);

    /// <summary>What the energy sold in a transformer area emitted: meters of the whole area, and those behind a
    /// customer's, are not counted twice.</summary>
    public CarbonReport OfArea(string area, long fromUtcSeconds, long toUtcSeconds) =>
        OfPlaces(place => place.Area == area, fromUtcSeconds, toUtcSeconds);

    private CarbonReport OfPlaces(Func<Place, bool> isWanted, long fromUtcSeconds, long toUtcSeconds) => Report(
        fleet.Places().Where(place => isWanted(place) && place.Role.Length == 0).SelectMany(place => quality.Readings(
            place.Address, Math.Max(fromUtcSeconds, place.From.ToUnixTimeSeconds()),
            Math.Min(toUtcSeconds, place.To?.ToUnixTimeSeconds() ?? long.MaxValue))),
        fromUtcSeconds, toUtcSeconds);

    private CarbonReport Report(IEnumerable<Reading> readings, long fromUtcSeconds, long toUtcSeconds)
    {
        SortedDictionary<long, Int128> energies = [];
        foreach (Reading reading in readings)
        {
            long hour = reading.StartUtcSeconds - reading.StartUtcSeconds % HourSeconds;
            energies[hour] = energies.GetValueOrDefault(hour) + reading.ImportMilliwattHours;
        }

        Dictionary<long, long> factors = new(Factors(fromUtcSeconds - HourSeconds, toUtcSeconds));
        List<CarbonHour> hours = [];
        Int128 parts = 0;
        Int128 covered = 0;
        Int128 uncovered = 0;
        foreach ((long hour, Int128 energy) in energies)
        {
            long? factor = factors.TryGetValue(hour, out long some) ? some : null;
            Int128? emitted = factor is { } known ? energy * known : null;
            parts += emitted ?? 0;
            covered += factor != null ? energy : 0;
            uncovered += factor == null ? energy : 0;
            hours.Add(new CarbonHour(DateTimeOffset.FromUnixTimeSeconds(hour), Whole(energy), factor,
                emitted is { } mass ? Whole(mass / PartsPerMilligram) : null));
        }

        // Rounded once: the sum of the hours' whole milligrams may be less.
        return new CarbonReport(Whole(parts / PartsPerMilligram), Whole(covered), Whole(uncovered), hours);
    }

    private static long Whole(Int128 value) => (long)Int128.Min(value, long.MaxValue);
}

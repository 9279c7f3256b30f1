using MeterFirmware.Tools.HeadEnds.Quality;

namespace MeterFirmware.Tools.HeadEnds.Fleets;

/// <summary>What is kept of one customer: taken out, or erased.</summary>
public sealed class CustomerData(IHeadEndStore store, FleetStore fleet, QualityStore quality, QualitySettings settings)
{
    private const string Records = """
        DELETE FROM record WHERE journal_id IN (SELECT journal.id FROM journal JOIN device ON device.id=device_id
            WHERE address=@device) AND start_utc_s>=@from AND start_utc_s<@to
        """;

    private const string Conflicts = """
        DELETE FROM conflict WHERE EXISTS (SELECT 1 FROM device JOIN journal ON journal.device_id=device.id
            JOIN record ON record.journal_id=journal.id
            WHERE address=@device AND record.journal_id=conflict.journal_id AND record.number=conflict.number
                AND start_utc_s>=@from AND start_utc_s<@to)
        """;

    private const string Checks = """
        DELETE FROM session_check WHERE EXISTS (SELECT 1 FROM device JOIN journal ON journal.device_id=device.id
            JOIN record ON record.journal_id=journal.id
            WHERE address=@device AND record.journal_id=session_check.journal_id
                AND record.number=session_check.number AND start_utc_s>=@from AND start_utc_s<@to)
        """;

    private const string Corrections =
        "DELETE FROM correction WHERE address=@device AND start_utc_s>=@from AND start_utc_s<@to";

    private const string Findings =
        "DELETE FROM quality_finding WHERE address=@device AND start_utc_s>=@from AND start_utc_s<@to";

    private readonly SqlStore _store = (SqlStore)store;

    /// <summary>The readings of a customer's devices in the time that they were his.</summary>
    public IEnumerable<(string Address, Reading Reading)> Readings(string customer) => Places(customer)
        .SelectMany(place => quality.Readings(place.Address, place.From.ToUnixTimeSeconds(), To(place))
            .Select(reading => (place.Address, reading)));

    /// <summary>Removes what his devices sent in that time, and his reference from their places. The time is noted: the
    /// check neither asks for it again nor estimates it. Quarantine, alarms, the audit log and backups are no part of
    /// it.</summary>
    /// <returns>Records removed; null: there is no such customer.</returns>
    public long? Erase(string customer)
    {
        List<Place> places = [.. Places(customer)];
        if (places.Count == 0)
        {
            return null;
        }

        List<(Place Place, long To)> erased = [.. places.Select(place => (place, ErasedTo(place)))];
        return _store.Write((connection, transaction) =>
        {
            long removed = 0;
            foreach ((Place place, long to) in erased)
            {
                (string, object?)[] time = [("device", place.Address), ("from", place.From.ToUnixTimeSeconds()),
                    ("to", To(place))];
                SqlStore.Change(connection, transaction, Conflicts, time);
                SqlStore.Change(connection, transaction, Checks, time);
                removed += SqlStore.Change(connection, transaction, Records, time);
                SqlStore.Change(connection, transaction, Corrections, time);
                SqlStore.Change(connection, transaction, Findings, time);
                SqlStore.Change(connection, transaction, "INSERT INTO erasure VALUES(@device, @from, @to)",
                    ("device", place.Address), ("from", place.From.ToUnixTimeSeconds()), ("to", to));
            }

            SqlStore.Change(connection, transaction, "UPDATE place SET customer='' WHERE customer=@customer",
                ("customer", customer));
            return (long?)removed;
        });
    }

    private IEnumerable<Place> Places(string customer) =>
        customer.Length == 0 ? [] : fleet.Places().Where(place => place.Customer == customer);

    /// <summary>Up to here nothing is expected: a place that goes on sends what is measured from now on.</summary>
    private long ErasedTo(Place place)
    {
        long now = quality.NowOf(place.Address, settings);
        return Math.Min(To(place), now - now % settings.IntervalSeconds);
    }

    private static long To(Place place) => place.To?.ToUnixTimeSeconds() ?? long.MaxValue;
}

using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.HeadEnds.Fleets;

/// <summary>Exchanges in the field: one step, or nothing.</summary>
public sealed class ExchangeStore(IHeadEndStore store, FleetStore fleet, Func<DateTimeOffset> utcNow)
{
    private readonly SqlStore _store = (SqlStore)store;

    /// <summary>Ends the old device's place and begins the new one's, with both readings signed by a person.</summary>
    /// <returns>What is wrong; null: it is done.</returns>
    public string? Do(Exchange exchange, string who)
    {
        if ((AddressProblem(exchange) ?? ReadingProblem(exchange)) is { } problem)
        {
            return problem;
        }

        return fleet.Replace(places =>
        {
            Place? old = places.Find(place => place.Address == exchange.OldAddress && place.To == null);
            if (old == null || old.From >= exchange.At)
            {
                return (null, $"oldAddress: {exchange.OldAddress} has no place that goes on at that time");
            }

            if (places.Exists(place => place.Address == exchange.NewAddress
                && (place.To == null || place.To > exchange.At)))
            {
                return (null, $"newAddress: {exchange.NewAddress} has a place at that time");
            }

            List<Place> after = [.. places.Select(place => place == old ? old with { To = exchange.At } : place),
                old with { Address = exchange.NewAddress, From = exchange.At }];
            return (after, null);
        }, (connection, transaction) => SqlStore.Change(connection, transaction, """
            INSERT INTO exchange(old_address, new_address, at_utc_s, old_import_watthours, old_export_watthours,
                new_import_watthours, new_export_watthours, who, noted_utc_s)
            VALUES(@old, @new, @at, @oldImport, @oldExport, @newImport, @newExport, @who, @now)
            """,
            ("old", exchange.OldAddress), ("new", exchange.NewAddress), ("at", exchange.At.ToUnixTimeSeconds()),
            ("oldImport", exchange.OldImportWattHours), ("oldExport", exchange.OldExportWattHours),
            ("newImport", exchange.NewImportWattHours), ("newExport", exchange.NewExportWattHours), ("who", who),
            ("now", utcNow().ToUnixTimeSeconds())));
    }

    /// <summary>All exchanges, newest first.</summary>
    public IReadOnlyList<Exchange> All(int countMax) => _store.Rows("""
        SELECT old_address, new_address, at_utc_s, old_import_watthours, old_export_watthours, new_import_watthours,
            new_export_watthours FROM exchange ORDER BY id DESC LIMIT @count
        """,
        row => new Exchange(row.GetString(0), row.GetString(1), DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(2)),
            row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6)),
        ("count", countMax));

    private string? AddressProblem(Exchange exchange) => exchange.OldAddress == exchange.NewAddress
        || !TelemetrySettings.IsDevice(exchange.OldAddress) || !TelemetrySettings.IsDevice(exchange.NewAddress)
        ? "oldAddress, newAddress: two addresses of 1 to 32 of A-Z a-z 0-9 - _ were expected"
        : exchange.At > utcNow() ? "at: a time that has passed was expected" : null;

    private string? ReadingProblem(Exchange exchange)
    {
        long[] readings = [exchange.OldImportWattHours, exchange.OldExportWattHours, exchange.NewImportWattHours,
            exchange.NewExportWattHours];
        if (readings.Any(reading => reading is < 0 or > Bounds.RegisterWattHoursMax))
        {
            return $"readings: 0 to {Bounds.RegisterWattHoursMax} Wh were expected";
        }

        // What the meter itself sent last stands below its last reading; a board before it had other registers.
        (long Import, long Export) sent = _store.Rows("""
            SELECT import_total_watthours, COALESCE(export_total_watthours, 0)
            FROM device JOIN journal ON journal.device_id=device.id JOIN record ON record.journal_id=journal.id
            WHERE address=@device AND end_utc_s<=@at AND import_total_watthours IS NOT NULL
            ORDER BY end_utc_s DESC, received_utc_s DESC, record.number DESC LIMIT 1
            """, row => (row.GetInt64(0), row.GetInt64(1)), ("device", exchange.OldAddress),
            ("at", exchange.At.ToUnixTimeSeconds())).SingleOrDefault();
        return exchange.OldImportWattHours >= sent.Import && exchange.OldExportWattHours >= sent.Export ? null
            : $"oldImportWattHours, oldExportWattHours: at least {sent.Import} and {sent.Export}, "
                + "which the device sent before, were expected";
    }
}

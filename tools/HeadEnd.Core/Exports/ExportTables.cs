namespace MeterFirmware.Tools.HeadEnds.Exports;

/// <summary>The tables that can be taken out. Secrets are no column of any.</summary>
public static class ExportTables
{
    private const string Viewer = "viewer";
    private const string Operator = "operator";
    private const string Admin = "admin";

    private const string OfJournal =
        " JOIN journal ON journal.id={0}.journal_id JOIN device ON device.id=journal.device_id";

    /// <summary>In the order of their names.</summary>
    public static IReadOnlyList<ExportTable> All { get; } =
    [
        .. new[]
        {
            ExportTable.Plain("area", "name kind parent rating_kva valid_from_utc_s valid_to_utc_s", "",
                "name valid_from_utc_s", Viewer),
            ExportTable.Plain("place", "address area model customer is_protected valid_from_utc_s valid_to_utc_s role "
                + "rating_watts tariff", "", "address valid_from_utc_s", Operator),
            ExportTable.Plain("exchange", "id old_address new_address at_utc_s old_import_watthours "
                + "old_export_watthours new_import_watthours new_export_watthours who noted_utc_s", "at_utc_s", "id",
                Operator),
            ExportTable.Plain("correction", "id address start_utc_s end_utc_s rate_index import_milliwatthours "
                + "export_milliwatthours method old_source old_import_milliwatthours old_export_milliwatthours who why "
                + "at_utc_s is_current", "start_utc_s", "id", Operator),
            ExportTable.Plain("quality_finding", "address local_day rule start_utc_s end_utc_s detail found_utc_s",
                "start_utc_s", "address local_day rule start_utc_s", Operator),
            ExportTable.Plain("alarm", "id kind subject detail since_utc_s ended_utc_s acknowledged_by "
                + "acknowledged_utc_s", "since_utc_s", "id", Operator),
            ExportTable.Plain("alarm_note", "id alarm_id at_utc_s who words", "at_utc_s", "id", Operator),
            ExportTable.Plain("campaign", "id kind name command role why pieces is_dangerous state note first_wave "
                + "growth_percent pause_s errors_permille_max errors_forgiven wave wave_over_utc_s ends_utc_s "
                + "created_by created_utc_s approved_by changed_by", "created_utc_s", "id", Operator),
            ExportTable.Plain("campaign_device", "campaign_id address state wave piece tries not_before_utc_s "
                + "ended_utc_s answer", "", "campaign_id address", Operator),
            ExportTable.Plain("command_order", "id command arguments role why is_dangerous is_paced state ordered_by "
                + "ordered_utc_s approved_by approved_utc_s stopped_by campaign_id piece", "ordered_utc_s", "id",
                Operator),
            ExportTable.Plain("command_target", "order_id address state message_id highest_id sent_utc_s "
                + "expires_utc_s answered_utc_s answer", "", "order_id address", Operator),
            ExportTable.Plain("tariff_version", "id name valid_from_day valid_to_day document who at_utc_s", "", "id",
                Viewer),
            ExportTable.Plain("emission_factor", "start_utc_s micrograms_per_kwh", "start_utc_s", "start_utc_s",
                Viewer),
            ExportTable.Plain("daily_work", "name local_day done_utc_s detail", "done_utc_s", "name local_day", Viewer),
            ExportTable.Plain("event_name", "code name", "", "code", Viewer),
            ExportTable.Plain("erasure", "address start_utc_s end_utc_s", "", "address start_utc_s end_utc_s", Admin),
            ExportTable.Plain("audit", "id at_utc_s who action subject detail", "at_utc_s", "id", Admin),
            ExportTable.Plain("account", "name role created_utc_s", "", "name", Admin),
            ExportTable.Plain("access_token", "name role expires_utc_s", "", "name", Admin),
            ExportTable.Plain("webhook", "name address", "", "name", Admin),
            ExportTable.Plain("device", "address is_online protocol first_seen_utc_s", "", "address", Operator),
            ExportTable.Plain("reading", "address start_utc_s end_utc_s rate_index import_milliwatthours "
                + "export_milliwatthours source", "start_utc_s", "address start_utc_s source", Operator)
                with { IsByDevice = true },
            Numbered("record", "record", "kind start_utc_s end_utc_s zone_offset_s local_day flags rate_index "
                + "import_total_watthours export_total_watthours import_milliwatthours export_milliwatthours "
                + "event_code received_utc_s body", "start_utc_s", "number"),
            Numbered("gap", "gap", "last_number reason", "", "first_number"),
            Numbered("quarantine", "quarantine", "reason body", "", "number"),
            Numbered("session_check", "session_check", "signature detail checked_utc_s", "checked_utc_s", "number"),
            new("rate_name", ["address", "valid_from_utc_s", "rate_index", "name"],
                ["address", "valid_from_utc_s", "rate_index", "name"],
                "rate_name JOIN device ON device.id=rate_name.device_id", "",
                ["address", "valid_from_utc_s", "rate_index"], Operator),
        }.OrderBy(table => table.Name, StringComparer.Ordinal),
    ];

    /// <summary>A table of that name; null: there is none.</summary>
    public static ExportTable? Find(string name) => All.FirstOrDefault(table => table.Name == name);

    /// <summary>What journals number: each row gets its device and its journal.</summary>
    private static ExportTable Numbered(string name, string table, string columns, string time, string number)
    {
        string[] own = columns.Split(' ');
        return new ExportTable(name, ["address", "journal", number, .. own],
            ["address", "journal.name", $"{table}.{number}", .. own.Select(column => $"{table}.{column}")],
            table + OfJournal.Replace("{0}", table), time.Length == 0 ? "" : $"{table}.{time}",
            [$"{table}.journal_id", $"{table}.{number}"], Operator);
    }
}

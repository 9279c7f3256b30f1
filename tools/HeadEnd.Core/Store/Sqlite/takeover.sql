-- A row of the old device table is a journal. What release 0.1.0 wrote has no time of arrival: its end stands for it.
INSERT INTO device(address, is_online, protocol, birth, first_seen_utc_s)
    SELECT address, MAX(online * is_current), '', NULL, 0 FROM old_device GROUP BY address;
UPDATE device SET
    protocol=COALESCE((SELECT protocol FROM old_device WHERE old_device.address=device.address AND is_current), ''),
    birth=(SELECT birth FROM old_device WHERE old_device.address=device.address AND is_current);
INSERT INTO journal(id, device_id, name, first_number, is_current, settled_number, next_number)
    SELECT old_device.id, device.id, journal, journal_from, is_current, settled, next
    FROM old_device JOIN device ON device.address=old_device.address;
INSERT INTO record(journal_id, number, kind, start_utc_s, end_utc_s, zone_offset_s, local_day, flags, rate_index,
        import_total_watthours, export_total_watthours, import_milliwatthours, export_milliwatthours, event_code,
        received_utc_s, body)
    SELECT device, number, kind, start_utc, end_utc, zone, day, flags, rate, import_total_wh, export_total_wh,
        import_mwh, export_mwh, CASE WHEN kind='event' THEN event_code(body) END, end_utc, body
    FROM old_record;
INSERT INTO gap SELECT device, first, last, reason FROM old_gap;
INSERT INTO conflict SELECT device, number, hash, body FROM old_conflict;
INSERT INTO quarantine SELECT device, number, reason, body FROM old_quarantine;
INSERT INTO settled_elsewhere SELECT device, first, last FROM old_elsewhere;
WITH RECURSIVE name(device_id, rate_index, text, rest) AS (
    SELECT device.id, -1, '', rates || char(10) FROM old_device JOIN device ON device.address=old_device.address
        WHERE is_current AND rates<>''
    UNION ALL SELECT device_id, rate_index + 1, substr(rest, 1, instr(rest, char(10)) - 1),
        substr(rest, instr(rest, char(10)) + 1) FROM name WHERE rest<>'')
INSERT INTO rate_name(device_id, valid_from_utc_s, rate_index, name)
    SELECT device_id, 0, rate_index, text FROM name WHERE rate_index>=0;
DROP TABLE old_record;
DROP TABLE old_gap;
DROP TABLE old_conflict;
DROP TABLE old_quarantine;
DROP TABLE old_elsewhere;
DROP TABLE old_device;
PRAGMA user_version=0;

-- What the check of a day found; found again at each check of that day.
CREATE TABLE quality_finding(
    address TEXT NOT NULL,
    local_day INTEGER NOT NULL,
    rule TEXT NOT NULL,
    start_utc_s BIGINT NOT NULL,
    end_utc_s BIGINT NOT NULL,
    detail TEXT NOT NULL,
    found_utc_s BIGINT NOT NULL,
    PRIMARY KEY(address, local_day, rule, start_utc_s));
CREATE INDEX quality_finding_by_day ON quality_finding(local_day, address);

-- Estimates and edits. Rows are only added: the current one of an interval counts, the others are its history, and what
-- was measured stays in record. Methods: register, like-days, hand, withdrawn.
CREATE TABLE correction(
    id {identity},
    address TEXT NOT NULL,
    start_utc_s BIGINT NOT NULL,
    end_utc_s BIGINT NOT NULL,
    rate_index INTEGER NOT NULL,
    import_milliwatthours BIGINT NOT NULL,
    export_milliwatthours BIGINT NOT NULL,
    method TEXT NOT NULL,
    old_source TEXT NOT NULL,
    old_import_milliwatthours BIGINT NOT NULL,
    old_export_milliwatthours BIGINT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    at_utc_s BIGINT NOT NULL,
    is_current INTEGER NOT NULL);
CREATE UNIQUE INDEX correction_current ON correction(address, start_utc_s) WHERE is_current=1;
CREATE INDEX correction_by_time ON correction(address, start_utc_s);

-- What counts: an edit before what was measured, what was measured before an estimate.
CREATE VIEW reading AS
SELECT device.address AS address, record.start_utc_s AS start_utc_s, record.end_utc_s AS end_utc_s,
    record.rate_index AS rate_index, record.import_milliwatthours AS import_milliwatthours,
    record.export_milliwatthours AS export_milliwatthours, 'measured' AS source
FROM device JOIN journal ON journal.device_id=device.id JOIN record ON record.journal_id=journal.id
WHERE record.kind='interval' AND record.local_day IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM correction WHERE correction.address=device.address
        AND correction.start_utc_s=record.start_utc_s AND is_current=1 AND method='hand')
UNION ALL
SELECT address, start_utc_s, end_utc_s, rate_index, import_milliwatthours, export_milliwatthours,
    CASE WHEN method='hand' THEN 'edited' ELSE 'estimated' END
FROM correction
WHERE is_current=1 AND method<>'withdrawn' AND (method='hand' OR NOT EXISTS (
    SELECT 1 FROM device JOIN journal ON journal.device_id=device.id JOIN record ON record.journal_id=journal.id
    WHERE device.address=correction.address AND record.kind='interval' AND record.local_day IS NOT NULL
        AND record.start_utc_s>correction.start_utc_s-86400 AND record.start_utc_s<correction.end_utc_s
        AND record.end_utc_s>correction.start_utc_s));

-- What a device is for in its area (supply: it measures the whole area), what it can draw at most, its tariff.
ALTER TABLE place ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE place ADD COLUMN rating_watts INTEGER;
ALTER TABLE place ADD COLUMN tariff TEXT NOT NULL DEFAULT '';

-- A kind and a subject have one alarm that goes on.
CREATE TABLE alarm(
    id {identity},
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    since_utc_s BIGINT NOT NULL,
    ended_utc_s BIGINT,
    acknowledged_by TEXT NOT NULL DEFAULT '',
    acknowledged_utc_s BIGINT);
CREATE UNIQUE INDEX alarm_open ON alarm(kind, subject) WHERE ended_utc_s IS NULL;

CREATE TABLE alarm_note(
    id {identity},
    alarm_id BIGINT NOT NULL REFERENCES alarm(id),
    at_utc_s BIGINT NOT NULL,
    who TEXT NOT NULL,
    words TEXT NOT NULL);
CREATE INDEX alarm_note_by_alarm ON alarm_note(alarm_id);

-- Works that are done once a day, by their name and the day that they were done for.
CREATE TABLE daily_work(
    name TEXT NOT NULL,
    local_day INTEGER NOT NULL,
    done_utc_s BIGINT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY(name, local_day));

-- Who is told of alarms.
CREATE TABLE webhook(
    name TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    secret TEXT NOT NULL);

-- Names of event codes, from the catalogue of the program that was started last.
CREATE TABLE event_name(
    code INTEGER PRIMARY KEY,
    name TEXT NOT NULL);

-- A device that was exchanged in the field, with the last reading of the old one and the first of the new one.
CREATE TABLE exchange(
    id {identity},
    old_address TEXT NOT NULL,
    new_address TEXT NOT NULL,
    at_utc_s BIGINT NOT NULL,
    old_import_watthours BIGINT NOT NULL,
    old_export_watthours BIGINT NOT NULL,
    new_import_watthours BIGINT NOT NULL,
    new_export_watthours BIGINT NOT NULL,
    who TEXT NOT NULL,
    noted_utc_s BIGINT NOT NULL);

-- Units stand in the names: _s seconds, _utc_s seconds since 1970-01-01 UTC, local_day days since 1970-01-01.
CREATE TABLE device(
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,
    is_online INTEGER NOT NULL DEFAULT 0,
    protocol TEXT NOT NULL DEFAULT '',
    birth BLOB,
    first_seen_utc_s INTEGER NOT NULL);

-- Numbers are of a journal; a device before protocol 1.1 has one with an empty name.
CREATE TABLE journal(
    id INTEGER PRIMARY KEY,
    device_id INTEGER NOT NULL REFERENCES device(id),
    name TEXT NOT NULL,
    first_number INTEGER NOT NULL DEFAULT 1,
    is_current INTEGER NOT NULL DEFAULT 0,
    settled_number INTEGER NOT NULL DEFAULT 0,
    next_number INTEGER NOT NULL DEFAULT 0,
    last_seen_utc_s INTEGER NOT NULL DEFAULT 0,
    UNIQUE(device_id, name));

CREATE TABLE record(
    journal_id INTEGER NOT NULL REFERENCES journal(id),
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    start_utc_s INTEGER NOT NULL,
    end_utc_s INTEGER NOT NULL,
    zone_offset_s INTEGER NOT NULL,
    local_day INTEGER,
    flags TEXT NOT NULL,
    rate_index INTEGER,
    import_total_watthours INTEGER,
    export_total_watthours INTEGER,
    import_milliwatthours INTEGER,
    export_milliwatthours INTEGER,
    event_code INTEGER,
    received_utc_s INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY(journal_id, number)) WITHOUT ROWID;
CREATE INDEX record_by_time ON record(journal_id, kind, start_utc_s);

CREATE TABLE gap(
    journal_id INTEGER NOT NULL REFERENCES journal(id),
    first_number INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY(journal_id, first_number, last_number)) WITHOUT ROWID;

-- Another record under a known number: hash of what it says, so that it is kept once.
CREATE TABLE conflict(
    journal_id INTEGER NOT NULL REFERENCES journal(id),
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY(journal_id, number, hash)) WITHOUT ROWID;

CREATE TABLE quarantine(
    journal_id INTEGER NOT NULL REFERENCES journal(id),
    number INTEGER NOT NULL,
    reason TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY(journal_id, number)) WITHOUT ROWID;

CREATE TABLE settled_elsewhere(
    journal_id INTEGER NOT NULL REFERENCES journal(id),
    first_number INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    PRIMARY KEY(journal_id, first_number)) WITHOUT ROWID;

-- The first names that a device tells hold for all that it sent before.
CREATE TABLE rate_name(
    device_id INTEGER NOT NULL REFERENCES device(id),
    valid_from_utc_s INTEGER NOT NULL,
    rate_index INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY(device_id, valid_from_utc_s, rate_index)) WITHOUT ROWID;

CREATE VIEW record_iso AS
SELECT device.address AS device, journal.name AS journal, number, kind,
    strftime('%Y-%m-%dT%H:%M:%SZ', start_utc_s, 'unixepoch') AS start_utc,
    strftime('%Y-%m-%dT%H:%M:%SZ', end_utc_s, 'unixepoch') AS end_utc,
    strftime('%Y-%m-%dT%H:%M:%S', start_utc_s + zone_offset_s, 'unixepoch') AS start_local,
    date(local_day * 86400, 'unixepoch') AS local_date,
    flags, rate_index,
    (SELECT rate_name.name FROM rate_name WHERE rate_name.device_id=device.id
        AND rate_name.rate_index=record.rate_index AND valid_from_utc_s<=start_utc_s
        ORDER BY valid_from_utc_s DESC LIMIT 1) AS rate,
    import_total_watthours, export_total_watthours, import_milliwatthours, export_milliwatthours, event_code,
    strftime('%Y-%m-%dT%H:%M:%SZ', received_utc_s, 'unixepoch') AS received_utc
FROM record JOIN journal ON journal.id=record.journal_id JOIN device ON device.id=journal.device_id;

-- Signatures of charging sessions that were checked: valid, wrong, no-key. One that is not valid is looked at again when
-- the program starts.
CREATE TABLE session_check(
    journal_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    signature TEXT NOT NULL,
    detail TEXT NOT NULL,
    checked_utc_s BIGINT NOT NULL,
    PRIMARY KEY(journal_id, number));
CREATE INDEX session_check_not_valid ON session_check(checked_utc_s) WHERE signature<>'valid';
CREATE INDEX record_session_received ON record(received_utc_s) WHERE kind='session';
CREATE INDEX record_session_start ON record(start_utc_s) WHERE kind='session';
CREATE INDEX record_event_received ON record(received_utc_s)
    WHERE kind='event' AND event_code IN (2,3,4,6,24,25,26,101,102,105,107);

-- A tariff's documents, each from a local day on, up to another one; they do not overlap. A document stays as it was
-- sent.
CREATE TABLE tariff_version(
    id {identity},
    name TEXT NOT NULL,
    valid_from_day INTEGER NOT NULL,
    valid_to_day INTEGER,
    document TEXT NOT NULL,
    who TEXT NOT NULL,
    at_utc_s BIGINT NOT NULL);
CREATE UNIQUE INDEX tariff_version_from ON tariff_version(name, valid_from_day);

-- What a kWh of the grid emits, by hour.
CREATE TABLE emission_factor(
    start_utc_s BIGINT PRIMARY KEY,
    micrograms_per_kwh BIGINT NOT NULL);

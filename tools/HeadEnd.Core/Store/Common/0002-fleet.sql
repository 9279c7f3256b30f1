-- Times are seconds since 1970-01-01 UTC; an end of validity that is absent is not known yet.
CREATE TABLE account(
    name TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    stamp TEXT NOT NULL,
    created_utc_s BIGINT NOT NULL);

CREATE TABLE access_token(
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    expires_utc_s BIGINT NOT NULL);

CREATE TABLE audit(
    id {identity},
    at_utc_s BIGINT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL);

-- substation, feeder, transformer: each in the one before it.
CREATE TABLE area(
    name TEXT NOT NULL,
    valid_from_utc_s BIGINT NOT NULL,
    valid_to_utc_s BIGINT,
    kind TEXT NOT NULL,
    parent TEXT,
    rating_kva INTEGER,
    PRIMARY KEY(name, valid_from_utc_s));

-- Where a device is, and for whom; a device without a row waits to be placed.
CREATE TABLE place(
    address TEXT NOT NULL,
    valid_from_utc_s BIGINT NOT NULL,
    valid_to_utc_s BIGINT,
    area TEXT NOT NULL,
    model TEXT NOT NULL,
    customer TEXT NOT NULL,
    is_protected INTEGER NOT NULL,
    PRIMARY KEY(address, valid_from_utc_s));
CREATE INDEX place_by_area ON place(area);

-- Commands that were ordered. States: waiting (for a second person), running, done, stopped.
CREATE TABLE command_order(
    id {identity},
    command TEXT NOT NULL,
    arguments TEXT NOT NULL,
    role TEXT NOT NULL,
    why TEXT NOT NULL,
    is_dangerous INTEGER NOT NULL,
    is_paced INTEGER NOT NULL,
    state TEXT NOT NULL,
    ordered_by TEXT NOT NULL,
    ordered_utc_s BIGINT NOT NULL,
    approved_by TEXT NOT NULL DEFAULT '',
    approved_utc_s BIGINT,
    stopped_by TEXT NOT NULL DEFAULT '');

CREATE INDEX command_order_running ON command_order(id) WHERE state='running';

-- One device of an order. States: waiting, sent, done, refused, silent, protected, stopped, failed. highest_id: the
-- highest number that the device said it has taken.
CREATE TABLE command_target(
    order_id BIGINT NOT NULL REFERENCES command_order(id),
    address TEXT NOT NULL,
    state TEXT NOT NULL,
    message_id BIGINT NOT NULL DEFAULT 0,
    highest_id BIGINT NOT NULL DEFAULT 0,
    sent_utc_s BIGINT,
    expires_utc_s BIGINT,
    answered_utc_s BIGINT,
    answer TEXT NOT NULL DEFAULT '',
    PRIMARY KEY(order_id, address));
CREATE INDEX command_target_by_address ON command_target(address, message_id);
CREATE INDEX command_target_open ON command_target(order_id) WHERE state IN ('waiting', 'sent');

-- Times of which a device's data were erased at its customer's wish.
CREATE TABLE erasure(
    address TEXT NOT NULL,
    start_utc_s BIGINT NOT NULL,
    end_utc_s BIGINT NOT NULL);
CREATE INDEX erasure_by_address ON erasure(address);

-- Commands of one or more pieces that go to many devices in waves. States: waiting (for a second person), running,
-- paused, done, stopped, expired.
CREATE TABLE campaign(
    id {identity},
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    command TEXT NOT NULL,
    role TEXT NOT NULL,
    why TEXT NOT NULL,
    pieces INTEGER NOT NULL,
    is_dangerous INTEGER NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    first_wave INTEGER NOT NULL,
    growth_percent INTEGER NOT NULL,
    pause_s INTEGER NOT NULL,
    errors_permille_max INTEGER NOT NULL,
    errors_forgiven INTEGER NOT NULL DEFAULT 0,
    wave INTEGER NOT NULL DEFAULT 0,
    wave_over_utc_s BIGINT,
    ends_utc_s BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_utc_s BIGINT NOT NULL,
    approved_by TEXT NOT NULL DEFAULT '',
    changed_by TEXT NOT NULL DEFAULT '');
CREATE INDEX campaign_open ON campaign(id) WHERE state NOT IN ('done', 'expired');

-- One device of a campaign. States: waiting, active, done, refused, silent, skipped. piece: the one that it is sent
-- next. not_before_utc_s: a device that was busy is not asked again before.
CREATE TABLE campaign_device(
    campaign_id BIGINT NOT NULL REFERENCES campaign(id),
    address TEXT NOT NULL,
    state TEXT NOT NULL,
    wave INTEGER NOT NULL DEFAULT 0,
    piece INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    not_before_utc_s BIGINT NOT NULL DEFAULT 0,
    ended_utc_s BIGINT,
    answer TEXT NOT NULL DEFAULT '',
    PRIMARY KEY(campaign_id, address));
CREATE INDEX campaign_device_open ON campaign_device(address, campaign_id) WHERE state IN ('waiting', 'active');

-- Each piece of a campaign is an order, whose devices are added when it is their turn.
ALTER TABLE command_order ADD COLUMN campaign_id BIGINT;
ALTER TABLE command_order ADD COLUMN piece INTEGER NOT NULL DEFAULT 0;
CREATE INDEX command_order_of_campaign ON command_order(campaign_id, piece) WHERE campaign_id IS NOT NULL;

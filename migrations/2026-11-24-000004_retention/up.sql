-- What was destroyed and what is held, when the audit log was signed, and who asked the city for data. Nobody is named.

-- One destruction: begun before the key goes, then done, then signed into the chain of receipts.
CREATE TABLE destruction (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('day', 'wish', 'hold')),
    due DATE NOT NULL,
    records BIGINT NOT NULL CHECK (records >= 0),
    begun_at TIMESTAMP NOT NULL,
    destroyed_at TIMESTAMP,
    sequence BIGINT UNIQUE,
    signed BYTEA,
    CHECK ((sequence IS NULL) = (signed IS NULL)),
    CHECK (sequence IS NULL OR destroyed_at IS NOT NULL)
);
CREATE INDEX destruction_due ON destruction (due);
-- What still stands, by its day: found without passing over all that was destroyed.
CREATE INDEX enrolment_standing ON enrolment (destroy_by) WHERE sealed IS NOT NULL;

-- Cases that are kept shorter than the city's rule, or longer within it.
CREATE TABLE retention_change (
    id TEXT PRIMARY KEY NOT NULL,
    enrolment_id TEXT NOT NULL REFERENCES enrolment (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'issued', 'handed_over', 'abandoned')),
    from_day DATE NOT NULL,
    to_day DATE NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('holder_asked', 'complaint', 'reprint', 'other')),
    at TIMESTAMP NOT NULL,
    officer TEXT NOT NULL
);
CREATE INDEX retention_change_enrolment ON retention_change (enrolment_id);

-- Holds: two officers to begin one, two to end it.
CREATE TABLE hold (
    id TEXT PRIMARY KEY NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'declined', 'standing', 'ending', 'released')),
    reason TEXT NOT NULL CHECK (reason IN ('court_order', 'own_defence', 'holder_asked')),
    asked_by TEXT NOT NULL,
    asked_at TIMESTAMP NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMP,
    end_asked_by TEXT,
    end_asked_at TIMESTAMP,
    released_by TEXT,
    released_at TIMESTAMP
);
CREATE INDEX hold_state ON hold (state);

CREATE TABLE hold_card (
    hold_id TEXT NOT NULL REFERENCES hold (id),
    card_id TEXT NOT NULL REFERENCES card (id),
    PRIMARY KEY (hold_id, card_id)
);
CREATE INDEX hold_card_card ON hold_card (card_id);

-- What the audit log's last hash was, signed.
CREATE TABLE audit_checkpoint (
    seq BIGINT PRIMARY KEY NOT NULL,
    at TIMESTAMP NOT NULL,
    signed BYTEA NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at);
CREATE INDEX audit_log_officer ON audit_log (officer, seq);
CREATE INDEX audit_log_act ON audit_log (act, seq);

-- Who asked the city for data, and with what it was answered. Words of a list, no text.
CREATE TABLE demand (
    id TEXT PRIMARY KEY NOT NULL,
    received_on DATE NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('subpoena', 'court_order', 'police', 'freedom_of_information', 'other_authority', 'holder')),
    answer TEXT NOT NULL
        CHECK (answer IN ('open', 'refused', 'nothing_held', 'counts', 'card_rows', 'audit_entries', 'personal_data')),
    answered_on DATE,
    cards BIGINT NOT NULL CHECK (cards >= 0),
    reference TEXT NOT NULL,
    entered_at TIMESTAMP NOT NULL,
    officer TEXT NOT NULL,
    CHECK ((answer = 'open') = (answered_on IS NULL))
);
CREATE INDEX demand_received ON demand (received_on);

-- The first tables. Runs unchanged on SQLite and PostgreSQL: ids are made by the program, TIMESTAMP holds UTC,
-- enums are TEXT with a CHECK. No table but `enrolment` (sealed) and `officer` (logins) says anything of a person.

-- One row. Every write transaction bumps it first, which orders the writers and numbers the audit log.
CREATE TABLE audit_counter (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    value BIGINT NOT NULL
);
INSERT INTO audit_counter (id, value) VALUES (1, 0);

-- A hash chain: each entry's hash covers its fields and the hash before it.
CREATE TABLE audit_log (
    seq BIGINT PRIMARY KEY NOT NULL,
    at TIMESTAMP NOT NULL,
    officer TEXT NOT NULL,
    role TEXT NOT NULL,
    desk TEXT NOT NULL,
    act TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT,
    previous_hash BYTEA NOT NULL CHECK (length(previous_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);
CREATE INDEX audit_log_subject ON audit_log (subject_kind, subject);

CREATE TABLE officer (
    id TEXT PRIMARY KEY NOT NULL,
    login TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('registrar', 'approver', 'auditor', 'custodian')),
    password_hash TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'blocked'))
);

-- The personal data of one resident, sealed under a key that a destroy-by key wraps. Both go when the day is past.
CREATE TABLE enrolment (
    id TEXT PRIMARY KEY NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'issued', 'handed_over', 'abandoned', 'destroyed')),
    created_at TIMESTAMP NOT NULL,
    destroy_by DATE NOT NULL,
    destroy_by_key TEXT NOT NULL,
    sealed BYTEA,
    wrapped_key BYTEA,
    officer TEXT NOT NULL,
    desk TEXT NOT NULL,
    CHECK ((sealed IS NULL) = (wrapped_key IS NULL))
);
CREATE INDEX enrolment_destroy_by ON enrolment (destroy_by);
CREATE INDEX enrolment_state ON enrolment (state);

CREATE TABLE issuing_key (
    kid TEXT PRIMARY KEY NOT NULL,
    "use" TEXT NOT NULL CHECK ("use" IN ('card', 'status')),
    state TEXT NOT NULL CHECK (state IN ('active', 'retired', 'compromised')),
    not_before TIMESTAMP NOT NULL,
    not_after TIMESTAMP NOT NULL,
    compromised_since TIMESTAMP,
    public_key BYTEA NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CHECK ((state = 'compromised') = (compromised_since IS NOT NULL))
);
CREATE INDEX issuing_key_use_state ON issuing_key ("use", state);

CREATE TABLE status_list (
    id TEXT PRIMARY KEY NOT NULL,
    kid TEXT NOT NULL REFERENCES issuing_key (kid),
    expiry_year BIGINT NOT NULL,
    shard BIGINT NOT NULL,
    capacity BIGINT NOT NULL CHECK (capacity > 0),
    next_position BIGINT NOT NULL CHECK (next_position >= 0 AND next_position <= capacity),
    uri TEXT NOT NULL UNIQUE,
    UNIQUE (kid, expiry_year, shard)
);

CREATE TABLE batch (
    id TEXT PRIMARY KEY NOT NULL,
    file_digest BYTEA NOT NULL,
    rows BIGINT NOT NULL CHECK (rows >= 0),
    state TEXT NOT NULL CHECK (state IN ('open', 'done')),
    created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    CHECK ((state = 'done') = (finished_at IS NOT NULL))
);
CREATE INDEX batch_file_digest ON batch (file_digest);

-- What a card is and what was signed for it, committed before any signature exists. No name, no birth date.
CREATE TABLE card (
    id TEXT PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    enrolment_id TEXT REFERENCES enrolment (id) ON DELETE SET NULL,
    kid TEXT NOT NULL REFERENCES issuing_key (kid),
    status_list_id TEXT NOT NULL REFERENCES status_list (id),
    status_index BIGINT NOT NULL CHECK (status_index >= 0),
    services TEXT NOT NULL,
    issued_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'issued')),
    status TEXT NOT NULL CHECK (status IN ('valid', 'suspended', 'revoked')),
    identity_digest BYTEA NOT NULL,
    service_digest BYTEA NOT NULL,
    recovery_hash BYTEA,
    batch_id TEXT REFERENCES batch (id),
    batch_row BIGINT,
    desk TEXT NOT NULL,
    officer TEXT NOT NULL,
    UNIQUE (status_list_id, status_index),
    UNIQUE (batch_id, batch_row),
    CHECK ((batch_id IS NULL) = (batch_row IS NULL))
);
CREATE INDEX card_enrolment ON card (enrolment_id);
CREATE INDEX card_recovery ON card (recovery_hash);
CREATE INDEX card_list_status ON card (status_list_id, status);
CREATE INDEX card_state ON card (state);

CREATE TABLE status_change (
    id TEXT PRIMARY KEY NOT NULL,
    card_id TEXT NOT NULL REFERENCES card (id),
    from_status TEXT NOT NULL CHECK (from_status IN ('valid', 'suspended', 'revoked')),
    to_status TEXT NOT NULL CHECK (to_status IN ('valid', 'suspended', 'revoked')),
    reason TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    officer TEXT NOT NULL
);
CREATE INDEX status_change_card ON status_change (card_id, at);

CREATE TABLE publication (
    sequence BIGINT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('trust_list', 'status_list', 'bundle')),
    at TIMESTAMP NOT NULL
);

-- Other cities whose cards our counters accept, and their status lists.
CREATE TABLE recognised_issuer (
    url TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    jwks TEXT NOT NULL,
    services TEXT NOT NULL,
    has_status BOOLEAN NOT NULL,
    added_at TIMESTAMP NOT NULL
);

CREATE TABLE recognised_list (
    uri TEXT PRIMARY KEY NOT NULL,
    url TEXT NOT NULL REFERENCES recognised_issuer (url) ON DELETE CASCADE,
    token BYTEA NOT NULL
);
CREATE INDEX recognised_list_url ON recognised_list (url);

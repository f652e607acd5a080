-- Event kits: laptops that issue cards away from the city hall, each with a key and status lists of its own. Nobody is
-- named. The kit's own database has one row here too, in the state 'here'.
CREATE TABLE kit (
    id TEXT PRIMARY KEY NOT NULL,
    called TEXT NOT NULL UNIQUE,
    kid TEXT NOT NULL REFERENCES issuing_key (kid),
    statement_key BYTEA NOT NULL CHECK (length(statement_key) = 32),
    first_hash BYTEA NOT NULL CHECK (length(first_hash) = 32),
    officers TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    valid_until TIMESTAMP NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('here', 'out', 'merged', 'lost')),
    merged_at TIMESTAMP,
    CHECK (state <> 'merged' OR merged_at IS NOT NULL)
);

-- A kit's audit log, brought home: a chain of its own, bound into the city's by the entry that says so.
CREATE TABLE kit_entry (
    kit_id TEXT NOT NULL REFERENCES kit (id),
    seq BIGINT NOT NULL,
    at TIMESTAMP NOT NULL,
    officer TEXT NOT NULL,
    role TEXT NOT NULL,
    desk TEXT NOT NULL,
    act TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT,
    previous_hash BYTEA NOT NULL CHECK (length(previous_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (kit_id, seq)
);
CREATE INDEX kit_entry_subject ON kit_entry (subject_kind, subject);

-- A kit's receipts of destruction, brought home.
CREATE TABLE kit_receipt (
    kit_id TEXT NOT NULL REFERENCES kit (id),
    sequence BIGINT NOT NULL,
    signed BYTEA NOT NULL,
    PRIMARY KEY (kit_id, sequence)
);

-- Cards to be revoked as soon as the kit that made them is home: by their number, or by the code on their slip.
CREATE TABLE kit_revocation (
    id TEXT PRIMARY KEY NOT NULL,
    kit_id TEXT NOT NULL REFERENCES kit (id),
    number TEXT,
    recovery_hash BYTEA,
    reason TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    officer TEXT NOT NULL,
    CHECK ((number IS NULL) <> (recovery_hash IS NULL))
);
CREATE INDEX kit_revocation_kit ON kit_revocation (kit_id);

-- Keys of one desk or event kit, and what takes two custodians.

-- The desk or event kit that a key signs for; none for every other.
ALTER TABLE issuing_key ADD COLUMN desk TEXT;

-- What one custodian asks for and another approves: `what` is its JSON form.
CREATE TABLE approval (
    id TEXT PRIMARY KEY NOT NULL,
    what TEXT NOT NULL,
    asked_by TEXT NOT NULL REFERENCES officer (id),
    asked_at TIMESTAMP NOT NULL,
    approved_by TEXT REFERENCES officer (id),
    approved_at TIMESTAMP,
    CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CHECK (approved_by IS NULL OR approved_by <> asked_by)
);

-- What was published of cards that a restored database does not know: they were issued after its backup.
CREATE TABLE kept_status (
    status_list_id TEXT NOT NULL REFERENCES status_list (id),
    status_index BIGINT NOT NULL CHECK (status_index >= 0),
    status TEXT NOT NULL CHECK (status IN ('suspended', 'revoked')),
    PRIMARY KEY (status_list_id, status_index)
);

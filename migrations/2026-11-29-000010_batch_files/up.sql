-- What a long batch has done so far, so that a run that was killed goes on where it stopped.

-- The name under which a batch was begun: another file under the same name is none of it.
ALTER TABLE batch ADD COLUMN job TEXT;
CREATE INDEX batch_job ON batch (job);

-- The files of a batch that are whole, by what is in them. `digest` is the SHA-256 of the file itself.
CREATE TABLE batch_file (
    batch_id TEXT NOT NULL REFERENCES batch (id),
    product TEXT NOT NULL,
    first_row BIGINT NOT NULL CHECK (first_row >= 1),
    last_row BIGINT NOT NULL CHECK (last_row >= first_row),
    digest BYTEA NOT NULL CHECK (length(digest) = 32),
    made_at TIMESTAMP NOT NULL,
    PRIMARY KEY (batch_id, product, first_row)
);

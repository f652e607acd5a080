-- Scheduled work, which one of several issuers on this database does at a time. `token` only grows: what its holder
-- writes counts while it is the newest. Nobody holds it where `holder` is empty; `done_at` is when the work was last
-- done, `done_to` up to which entry of the audit log.
CREATE TABLE lease (
    task TEXT PRIMARY KEY NOT NULL CHECK (task IN ('hourly', 'mass_revocation', 'publish')),
    holder TEXT,
    token BIGINT NOT NULL CHECK (token > 0),
    until TIMESTAMP NOT NULL,
    done_at TIMESTAMP,
    done_to BIGINT
);

-- Other programs of the city: what they call with, and which of their calls made which card. Nobody is named, and no
-- token stands here, only its hash.

CREATE TABLE api_token (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE,
    token_hash BYTEA NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    scopes TEXT NOT NULL,
    desk TEXT NOT NULL,
    calls_a_minute BIGINT NOT NULL CHECK (calls_a_minute > 0),
    made_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    withdrawn_at TIMESTAMP
);

-- A call that made a card, for a day: a call with the same key makes no second one. Both hashes are keyed, and neither
-- says anything of a person.
CREATE TABLE api_request (
    key_hash BYTEA PRIMARY KEY NOT NULL CHECK (length(key_hash) = 32),
    request_hash BYTEA NOT NULL CHECK (length(request_hash) = 32),
    card_id TEXT NOT NULL REFERENCES card (id),
    at TIMESTAMP NOT NULL
);
CREATE INDEX api_request_at ON api_request (at);

-- How officers sign in at the desk. No token or code stands here, only hashes of them; the secrets of the second
-- factor are sealed under a key of the keystore.

CREATE TABLE session (
    id TEXT PRIMARY KEY NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    officer_id TEXT NOT NULL REFERENCES officer (id),
    created_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    csrf_secret BYTEA NOT NULL CHECK (length(csrf_secret) = 32),
    ended_at TIMESTAMP
);
CREATE INDEX session_officer ON session (officer_id, ended_at);

-- One-time links with which an officer chooses a password.
CREATE TABLE sign_in_link (
    token_hash BYTEA PRIMARY KEY NOT NULL CHECK (length(token_hash) = 32),
    officer_id TEXT NOT NULL REFERENCES officer (id),
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX sign_in_link_officer ON sign_in_link (officer_id);

-- The secret behind an officer's changing codes, and the step of the last code: none is good twice.
CREATE TABLE second_factor (
    officer_id TEXT PRIMARY KEY NOT NULL REFERENCES officer (id),
    sealed_secret BYTEA NOT NULL,
    last_step BIGINT NOT NULL
);

-- Codes for officers without their telephone, each good once.
CREATE TABLE officer_recovery (
    code_hash BYTEA PRIMARY KEY NOT NULL CHECK (length(code_hash) = 32),
    officer_id TEXT NOT NULL REFERENCES officer (id),
    used_at TIMESTAMP
);
CREATE INDEX officer_recovery_officer ON officer_recovery (officer_id);

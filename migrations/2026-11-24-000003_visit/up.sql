-- A resident's visit at the desk, from the check of the papers to the hand-over. What was typed is in the sealed
-- record of `enrolment`; nothing here says anything of a person.

-- The case: where it waits, who changed it last, who has it open. `stamp` is the audit entry of its newest change.
CREATE TABLE visit (
    enrolment_id TEXT PRIMARY KEY NOT NULL REFERENCES enrolment (id) ON DELETE CASCADE,
    ticket TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('new', 'renewal', 'replacement')),
    earlier_card_id TEXT REFERENCES card (id),
    card_id TEXT REFERENCES card (id),
    station TEXT NOT NULL CHECK (station IN
        ('check', 'person', 'photo', 'review', 'print', 'scan', 'hand_over', 'second_look', 'closed')),
    version BIGINT NOT NULL CHECK (version > 0),
    stamp BIGINT NOT NULL,
    began_at TIMESTAMP NOT NULL,
    desk TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    waiting_since TIMESTAMP NOT NULL,
    opened_by TEXT,
    opened_at TIMESTAMP,
    closed_at TIMESTAMP,
    outcome TEXT CHECK (outcome IN ('handed_over', 'refused', 'left')),
    CHECK ((kind = 'new') = (earlier_card_id IS NULL)),
    CHECK ((opened_by IS NULL) = (opened_at IS NULL)),
    CHECK ((station = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((closed_at IS NULL) = (outcome IS NULL))
);
CREATE UNIQUE INDEX visit_open_ticket ON visit (ticket) WHERE closed_at IS NULL;
CREATE INDEX visit_queue ON visit (station, waiting_since) WHERE closed_at IS NULL;
CREATE INDEX visit_stamp ON visit (stamp);
CREATE INDEX visit_began ON visit (began_at);
CREATE INDEX visit_closed ON visit (outcome, closed_at);
CREATE INDEX visit_closed_began ON visit (closed_at, began_at);
CREATE INDEX visit_card ON visit (card_id);
CREATE INDEX visit_earlier_card ON visit (earlier_card_id);

-- Which types of papers were shown, once they were enough. Never a number, never a copy.
CREATE TABLE evidence_check (
    enrolment_id TEXT NOT NULL REFERENCES enrolment (id) ON DELETE CASCADE,
    document_type TEXT NOT NULL,
    identity_points BIGINT NOT NULL,
    residency_points BIGINT NOT NULL,
    officer TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (enrolment_id, document_type)
);

-- A second look by another officer, without which nobody is refused. The words of both are in the sealed record.
CREATE TABLE second_look (
    id TEXT PRIMARY KEY NOT NULL,
    enrolment_id TEXT NOT NULL REFERENCES enrolment (id) ON DELETE CASCADE,
    asked_reason TEXT NOT NULL CHECK (asked_reason IN
        ('papers_doubtful', 'photo_does_not_match', 'not_resident', 'duplicate', 'other')),
    asked_at_station TEXT NOT NULL CHECK (asked_at_station IN ('check', 'person', 'photo', 'review')),
    asked_by TEXT NOT NULL,
    asked_at TIMESTAMP NOT NULL,
    decision TEXT CHECK (decision IN ('go_on', 'refused')),
    decided_reason TEXT CHECK (decided_reason IN
        ('papers_doubtful', 'photo_does_not_match', 'not_resident', 'duplicate', 'other', 'nothing_wrong')),
    decided_by TEXT,
    decided_at TIMESTAMP,
    CHECK ((decision IS NULL) = (decided_by IS NULL)),
    CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CHECK ((decision IS NULL) = (decided_reason IS NULL)),
    CHECK (decided_by IS NULL OR decided_by <> asked_by)
);
CREATE INDEX second_look_enrolment ON second_look (enrolment_id, asked_at);
CREATE UNIQUE INDEX second_look_open ON second_look (enrolment_id) WHERE decision IS NULL;

-- Whether somebody has a card already: hashes under a secret of the keystore that is forgotten with its term.
CREATE TABLE duplicate_hash (
    card_id TEXT NOT NULL REFERENCES card (id),
    term BIGINT NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (card_id, term)
);
CREATE INDEX duplicate_hash_hash ON duplicate_hash (hash);
CREATE INDEX duplicate_hash_term ON duplicate_hash (term);

-- Did it print? Asked for each job, never guessed.
CREATE TABLE print_job (
    id TEXT PRIMARY KEY NOT NULL,
    enrolment_id TEXT NOT NULL REFERENCES enrolment (id) ON DELETE CASCADE,
    card_id TEXT NOT NULL REFERENCES card (id),
    queued_at TIMESTAMP NOT NULL,
    queued_by TEXT NOT NULL,
    desk TEXT NOT NULL,
    outcome TEXT CHECK (outcome IN ('printed', 'spoiled', 'nothing')),
    outcome_at TIMESTAMP,
    outcome_by TEXT,
    CHECK ((outcome IS NULL) = (outcome_at IS NULL)),
    CHECK ((outcome IS NULL) = (outcome_by IS NULL))
);
CREATE INDEX print_job_enrolment ON print_job (enrolment_id, queued_at);
CREATE INDEX print_job_outcome ON print_job (outcome, outcome_at);

-- Many cards revoked at once, by two people, in steps that an interruption does not lose.
CREATE TABLE mass_revocation (
    id TEXT PRIMARY KEY NOT NULL,
    chosen_by TEXT NOT NULL CHECK (chosen_by IN ('officer', 'desk', 'batch', 'key')),
    chosen TEXT NOT NULL,
    issued_since TIMESTAMP,
    issued_until TIMESTAMP NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'approved', 'declined', 'done')),
    asked_by TEXT NOT NULL,
    asked_at TIMESTAMP NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMP,
    finished_at TIMESTAMP,
    counted BIGINT NOT NULL,
    revoked BIGINT NOT NULL,
    last_card_id TEXT,
    CHECK ((state = 'asked') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((state = 'done') = (finished_at IS NOT NULL)),
    CHECK (decided_by IS NULL OR decided_by <> asked_by)
);
CREATE INDEX mass_revocation_state ON mass_revocation (state, asked_at);

CREATE INDEX card_issued ON card (state, issued_at);
CREATE INDEX card_officer ON card (officer, id);
CREATE INDEX card_desk ON card (desk, id);
CREATE INDEX card_key ON card (kid, id);
CREATE INDEX card_batch ON card (batch_id, id);

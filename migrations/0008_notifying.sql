-- Holds alerts for a time. matchers is a JSON object: {"cluster": [], "label": ["k=v"], "event": [], "target": []}.
CREATE TABLE silences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    matchers TEXT NOT NULL CHECK (json_valid(matchers)),
    starts_at INTEGER NOT NULL,
    -- Earlier than asked for if somebody ended it.
    ends_at INTEGER NOT NULL,
    comment TEXT NOT NULL,
    author TEXT NOT NULL,
    -- Matching alerts are never sent.
    drops INTEGER NOT NULL DEFAULT 0 CHECK (drops IN (0, 1))
) STRICT;

CREATE INDEX silences_ends_at ON silences (ends_at);

-- Who has an event in hand.
CREATE TABLE acks (
    seq INTEGER NOT NULL PRIMARY KEY REFERENCES events (seq) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    author TEXT NOT NULL,
    comment TEXT
) STRICT;

-- Which targets were sent an event because nobody acknowledged it in time.
CREATE TABLE escalations (
    seq INTEGER NOT NULL REFERENCES events (seq) ON DELETE CASCADE,
    target TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (seq, target)
) STRICT, WITHOUT ROWID;

-- What the rules of who is notified when remember: when a rule was first in force, and its last reminder or summary.
CREATE TABLE rules (
    kind TEXT NOT NULL CHECK (kind IN ('reminder', 'escalation', 'summary')),
    -- What tells a rule over a change of the config.
    key TEXT NOT NULL,
    since INTEGER NOT NULL,
    -- When the last one was due; NULL before the first.
    last_at INTEGER,
    -- Up to when the last summary covered what happened.
    covered_until INTEGER,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- Somebody may have to look after these.
CREATE INDEX events_open ON events (observed_at) WHERE event IN ('failed', 'gone', 'stalled', 'overdue');
-- What a summary counts.
CREATE INDEX events_ended ON events (event, observed_at) WHERE event IN ('completed', 'failed');
-- Events of a whole account or of a target, and those of the rules.
CREATE INDEX events_general ON events (event, seq) WHERE cluster IS NULL;

-- The outbox with the state `held`. SQLite cannot change a CHECK: the table is made anew.
CREATE TABLE new_outbox (
    seq INTEGER NOT NULL REFERENCES events (seq),
    target TEXT NOT NULL CHECK (target <> ''),
    line TEXT NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN ('pending', 'held', 'delivered', 'accepted', 'dead', 'suppressed', 'digested')),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    created_at INTEGER NOT NULL,
    -- created_at, or when a hold ended, or when an operator had it tried again: what giving up counts from.
    waiting_since INTEGER NOT NULL,
    next_attempt_at INTEGER CHECK (next_attempt_at IS NULL OR state = 'pending'),
    last_attempt_at INTEGER,
    last_code TEXT,
    last_error TEXT,
    as_plain_text INTEGER NOT NULL DEFAULT 0 CHECK (as_plain_text IN (0, 1)),
    updated_at INTEGER NOT NULL,
    -- When a held one is looked at again.
    held_until INTEGER CHECK ((held_until IS NOT NULL) = (state = 'held')),
    -- What holds it, or held it: a JSON array of {"silence": 3, "comment": "…"} and {"hours": "routes[0]"}.
    held_by TEXT CHECK (held_by IS NULL OR json_valid(held_by)),
    -- Alerts whose hold ended together are one message: the number of the last of them. NULL: by itself.
    digest_through INTEGER,
    PRIMARY KEY (seq, target)
) STRICT, WITHOUT ROWID;

INSERT INTO new_outbox (
    seq, target, line, state, attempts, created_at, waiting_since, next_attempt_at, last_attempt_at, last_code,
    last_error, as_plain_text, updated_at)
SELECT seq, target, line, state, attempts, created_at, waiting_since, next_attempt_at, last_attempt_at, last_code,
    last_error, as_plain_text, updated_at
FROM outbox ORDER BY seq, target;

DROP TABLE outbox;
ALTER TABLE new_outbox RENAME TO outbox;

CREATE INDEX outbox_due ON outbox (target, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX outbox_heads ON outbox (target, seq, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX outbox_pending ON outbox (target, line, seq) WHERE state = 'pending';
CREATE INDEX outbox_dead ON outbox (target, seq) WHERE state = 'dead';
CREATE INDEX outbox_held ON outbox (held_until, seq, target) WHERE state = 'held';
CREATE INDEX outbox_digests ON outbox (target, digest_through, seq)
WHERE digest_through IS NOT NULL AND state = 'pending';

-- Times are milliseconds since 1970-01-01T00:00:00Z. Columns hold the words of the outside (docs: history, alerts).

-- Made with the file: ids of events are `<code>-<seq>`, so that two databases never share one.
CREATE TABLE installation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    code TEXT NOT NULL CHECK (length(code) = 8 AND code NOT GLOB '*[^a-z0-9]*'),
    created_at INTEGER NOT NULL
) STRICT;

-- The daemon that holds the file, or held it last. stopped_at is NULL while it runs and after it crashed.
CREATE TABLE daemon (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    pid INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    config_loaded_at INTEGER,
    stopped_at INTEGER
) STRICT;

CREATE TABLE clusters (
    id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
    name TEXT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    instance TEXT,
    watched INTEGER NOT NULL DEFAULT 1 CHECK (watched IN (0, 1)),
    status TEXT,
    since INTEGER,
    was_activated INTEGER NOT NULL DEFAULT 0 CHECK (was_activated IN (0, 1)),
    last_good_at INTEGER,
    last_poll_at INTEGER,
    next_poll_at INTEGER,
    last_error TEXT,
    failing_since INTEGER,
    is_poll_failing INTEGER NOT NULL DEFAULT 0 CHECK (is_poll_failing IN (0, 1)),
    is_stalled INTEGER NOT NULL DEFAULT 0 CHECK (is_stalled IN (0, 1)),
    -- What the last answer said; model_paths is a JSON array, NULL where there is none.
    description TEXT,
    created_at INTEGER,
    started_at INTEGER,
    completed_at INTEGER,
    base_model TEXT,
    train_mode TEXT,
    train_type TEXT,
    model_paths TEXT,
    -- 128 bits that tell whether a later answer says the same.
    digest_high INTEGER,
    digest_low INTEGER
) STRICT;

CREATE INDEX clusters_name ON clusters (name) WHERE name IS NOT NULL;

-- The last good answer of each cluster, byte for byte.
CREATE TABLE answers (
    cluster TEXT NOT NULL PRIMARY KEY,
    observed_at INTEGER NOT NULL,
    request_id TEXT,
    body BLOB NOT NULL
) STRICT;

-- Accounts in a region that fail as a whole; a row leaves with the recovery.
CREATE TABLE scopes (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    failing_since INTEGER NOT NULL,
    PRIMARY KEY (account, region)
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: a number is never given twice, also when retention has emptied the table.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL CHECK (event <> ''),
    cluster TEXT,
    name TEXT,
    account TEXT,
    region TEXT,
    from_status TEXT,
    to_status TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('first_seen', 'observed', 'inferred', 'late')),
    observed_at INTEGER NOT NULL,
    not_before INTEGER,
    api_time INTEGER,
    request_id TEXT,
    target TEXT,
    -- JSON: facts, labels, progress, log_lines, detail. NULL where there is nothing of it.
    details TEXT CHECK (details IS NULL OR json_valid(details))
) STRICT;

CREATE INDEX events_cluster ON events (cluster) WHERE cluster IS NOT NULL;
CREATE INDEX events_observed_at ON events (observed_at);

-- One row per event and target. Alerts of one target and line are sent in the order of seq; a line is a cluster,
-- or `@account` for events of a whole account, or `@` for events of a target.
-- Only the oldest pending alert of a line, its head, has a next_attempt_at: what is due is one look into a small
-- index, however many wait behind.
CREATE TABLE outbox (
    seq INTEGER NOT NULL REFERENCES events (seq),
    target TEXT NOT NULL CHECK (target <> ''),
    line TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'accepted', 'dead', 'suppressed', 'digested')),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    created_at INTEGER NOT NULL,
    -- created_at, or when an operator had it tried again: what giving up counts from.
    waiting_since INTEGER NOT NULL,
    next_attempt_at INTEGER CHECK (next_attempt_at IS NULL OR state = 'pending'),
    last_attempt_at INTEGER,
    last_code TEXT,
    last_error TEXT,
    as_plain_text INTEGER NOT NULL DEFAULT 0 CHECK (as_plain_text IN (0, 1)),
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (seq, target)
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_due ON outbox (target, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX outbox_heads ON outbox (target, seq, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX outbox_pending ON outbox (target, line, seq) WHERE state = 'pending';
CREATE INDEX outbox_dead ON outbox (target, seq) WHERE state = 'dead';

-- Every attempt that was made, up to the newest hundred of an alert.
CREATE TABLE attempts (
    seq INTEGER NOT NULL,
    target TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    started_at INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL CHECK (duration_ms >= 0),
    outcome TEXT NOT NULL CHECK (
        outcome IN ('delivered', 'accepted', 'throttled', 'try_again', 'message_refused', 'target_broken')),
    code TEXT,
    reason TEXT,
    answer TEXT,
    PRIMARY KEY (seq, target, number),
    FOREIGN KEY (seq, target) REFERENCES outbox (seq, target) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX attempts_started_at ON attempts (started_at);

-- What is remembered of a target, so that a restart forgets neither a wait nor a suspension.
CREATE TABLE targets (
    name TEXT NOT NULL PRIMARY KEY,
    blocked_until INTEGER,
    tokens REAL,
    tokens_at INTEGER,
    broken_streak INTEGER NOT NULL DEFAULT 0 CHECK (broken_streak >= 0),
    suspended_since INTEGER,
    probe_at INTEGER,
    trouble TEXT,
    -- While a digest is being sent: the number of the last event that it tells.
    digest_through INTEGER
) STRICT, WITHOUT ROWID;

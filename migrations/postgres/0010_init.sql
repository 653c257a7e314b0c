-- The schema as the tenth step of SQLite's leaves it: PostgreSQL came with that one, and from then on each step has the same number
-- in both. Times are milliseconds since 1970-01-01T00:00:00Z. Columns hold the words of the outside (docs: history, alerts).
-- Texts are compared byte by byte, as SQLite does. Flags are 0 or 1. JSON is kept as the text that it came as.

-- ids of events are `<code>-<seq>`. last_seq numbers the events: whoever commits some takes this row first, so that numbers are in the
-- order of commits, without gaps, and one at a time puts alerts into their lines.
CREATE TABLE installation (
    id int8 PRIMARY KEY CHECK (id = 1),
    code text COLLATE "C" NOT NULL CHECK (code ~ '^[a-z0-9]{8}$'),
    created_at int8 NOT NULL,
    last_seq int8 NOT NULL DEFAULT 0 CHECK (last_seq >= 0)
) WITH (fillfactor = 10);

-- The codes that ids of events begin with: one for each life of the history.
CREATE TABLE installations (
    first_seq int8 NOT NULL PRIMARY KEY CHECK (first_seq > 0),
    code text COLLATE "C" NOT NULL CHECK (code ~ '^[a-z0-9]{8}$'),
    since int8 NOT NULL
);

CREATE TABLE daemon (
    id int8 PRIMARY KEY CHECK (id = 1),
    pid int8 NOT NULL,
    started_at int8 NOT NULL,
    config_loaded_at int8,
    stopped_at int8
);

-- Half of each page stays free: a poll writes the row in its page, and no index has a column that polls change.
CREATE TABLE clusters (
    id text COLLATE "C" NOT NULL PRIMARY KEY CHECK (id <> ''),
    name text COLLATE "C",
    account text COLLATE "C" NOT NULL,
    region text COLLATE "C" NOT NULL,
    instance text COLLATE "C",
    watched int8 NOT NULL DEFAULT 1 CHECK (watched IN (0, 1)),
    status text COLLATE "C",
    since int8,
    was_activated int8 NOT NULL DEFAULT 0 CHECK (was_activated IN (0, 1)),
    last_good_at int8,
    last_poll_at int8,
    next_poll_at int8,
    last_error text COLLATE "C",
    failing_since int8,
    is_poll_failing int8 NOT NULL DEFAULT 0 CHECK (is_poll_failing IN (0, 1)),
    is_stalled int8 NOT NULL DEFAULT 0 CHECK (is_stalled IN (0, 1)),
    description text COLLATE "C",
    created_at int8,
    started_at int8,
    completed_at int8,
    base_model text COLLATE "C",
    train_mode text COLLATE "C",
    train_type text COLLATE "C",
    model_paths text COLLATE "C",
    digest_high int8,
    digest_low int8,
    run_started_at int8,
    is_running int8 NOT NULL DEFAULT 0 CHECK (is_running IN (0, 1)),
    last_run_ms int8,
    overdue_limit text COLLATE "C",
    overdue_since int8
) WITH (fillfactor = 45);

CREATE INDEX clusters_name ON clusters (name) WHERE name IS NOT NULL;
CREATE INDEX clusters_instance ON clusters (instance, account, region) WHERE instance IS NOT NULL;

CREATE TABLE answers (
    cluster text COLLATE "C" NOT NULL PRIMARY KEY,
    observed_at int8 NOT NULL,
    request_id text COLLATE "C",
    body bytea NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE scopes (
    account text COLLATE "C" NOT NULL,
    region text COLLATE "C" NOT NULL,
    failing_since int8 NOT NULL,
    PRIMARY KEY (account, region)
);

CREATE TABLE events (
    seq int8 PRIMARY KEY,
    event text COLLATE "C" NOT NULL CHECK (event <> ''),
    cluster text COLLATE "C",
    name text COLLATE "C",
    account text COLLATE "C",
    region text COLLATE "C",
    from_status text COLLATE "C",
    to_status text COLLATE "C",
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('first_seen', 'observed', 'inferred', 'late')),
    observed_at int8 NOT NULL,
    not_before int8,
    api_time int8,
    request_id text COLLATE "C",
    target text COLLATE "C",
    details text COLLATE "C" CHECK (details IS NULL OR details::json IS NOT NULL)
);

CREATE INDEX events_cluster ON events (cluster, seq) WHERE cluster IS NOT NULL;
CREATE INDEX events_observed_at ON events (observed_at, seq);
CREATE INDEX events_open ON events (observed_at) WHERE event IN ('failed', 'gone', 'stalled', 'overdue');
CREATE INDEX events_ended ON events (event, observed_at) WHERE event IN ('completed', 'failed');
CREATE INDEX events_general ON events (event, seq) WHERE cluster IS NULL;
CREATE INDEX events_event ON events (event, seq);
CREATE INDEX events_status ON events (lower(to_status), seq);
CREATE INDEX events_account ON events (account, seq);

CREATE TABLE outbox (
    seq int8 NOT NULL REFERENCES events (seq),
    target text COLLATE "C" NOT NULL CHECK (target <> ''),
    line text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (
        state IN ('pending', 'held', 'delivered', 'accepted', 'dead', 'suppressed', 'digested')),
    attempts int8 NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    created_at int8 NOT NULL,
    waiting_since int8 NOT NULL,
    next_attempt_at int8 CHECK (next_attempt_at IS NULL OR state = 'pending'),
    last_attempt_at int8,
    last_code text COLLATE "C",
    last_error text COLLATE "C",
    as_plain_text int8 NOT NULL DEFAULT 0 CHECK (as_plain_text IN (0, 1)),
    updated_at int8 NOT NULL,
    held_until int8 CHECK ((held_until IS NOT NULL) = (state = 'held')),
    held_by text COLLATE "C" CHECK (held_by IS NULL OR held_by::json IS NOT NULL),
    digest_through int8,
    PRIMARY KEY (seq, target)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX outbox_due ON outbox (target, next_attempt_at, seq) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX outbox_heads ON outbox (target, seq, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX outbox_pending ON outbox (target, line, seq) WHERE state = 'pending';
CREATE INDEX outbox_dead ON outbox (target, seq) WHERE state = 'dead';
CREATE INDEX outbox_held ON outbox (held_until, seq, target) WHERE state = 'held';
CREATE INDEX outbox_digests ON outbox (target, digest_through, seq)
    WHERE digest_through IS NOT NULL AND state = 'pending';

CREATE TABLE attempts (
    seq int8 NOT NULL,
    target text COLLATE "C" NOT NULL,
    number int8 NOT NULL CHECK (number > 0),
    started_at int8 NOT NULL,
    duration_ms int8 NOT NULL CHECK (duration_ms >= 0),
    outcome text COLLATE "C" NOT NULL CHECK (
        outcome IN ('delivered', 'accepted', 'throttled', 'try_again', 'message_refused', 'target_broken')),
    code text COLLATE "C",
    reason text COLLATE "C",
    answer text COLLATE "C",
    http_status int8,
    PRIMARY KEY (seq, target, number),
    FOREIGN KEY (seq, target) REFERENCES outbox (seq, target) ON DELETE CASCADE
) WITH (autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX attempts_started_at ON attempts (started_at, seq, target, number);

CREATE TABLE targets (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    blocked_until int8,
    tokens float8,
    tokens_at int8,
    broken_streak int8 NOT NULL DEFAULT 0 CHECK (broken_streak >= 0),
    suspended_since int8,
    probe_at int8,
    trouble text COLLATE "C",
    digest_through int8,
    chat_id text COLLATE "C",
    chat_id_replaced text COLLATE "C",
    digest_group text COLLATE "C"
) WITH (fillfactor = 45);

CREATE TABLE progress (
    cluster text COLLATE "C" NOT NULL PRIMARY KEY,
    run_started_at int8,
    step int8,
    total_steps int8,
    epoch float8,
    metrics text COLLATE "C" CHECK (metrics IS NULL OR metrics::json IS NOT NULL),
    logged_at int8,
    step_seen_at int8,
    first_step int8,
    first_logged_at int8,
    past_run_ms int8,
    expected_end int8
) WITH (fillfactor = 45);

CREATE TABLE curve (
    cluster text COLLATE "C" NOT NULL,
    logged_at int8 NOT NULL,
    step int8,
    loss float8,
    PRIMARY KEY (cluster, logged_at)
);

CREATE TABLE retention (
    id int8 PRIMARY KEY CHECK (id = 1),
    seen_at int8 NOT NULL,
    doubted_until int8,
    reached_at int8
) WITH (fillfactor = 10);

CREATE TABLE instances (
    id text COLLATE "C" NOT NULL CHECK (id <> ''),
    account text COLLATE "C" NOT NULL,
    region text COLLATE "C" NOT NULL,
    first_listed_at int8 NOT NULL,
    PRIMARY KEY (id, account, region)
);

CREATE TABLE runs (
    id int8 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    cluster text COLLATE "C" NOT NULL CHECK (cluster <> ''),
    name text COLLATE "C",
    account text COLLATE "C" NOT NULL,
    region text COLLATE "C" NOT NULL,
    started_at int8,
    ended_at int8,
    outcome text COLLATE "C" NOT NULL CHECK (outcome IN ('running', 'completed', 'failed', 'gone')),
    source text COLLATE "C" NOT NULL CHECK (source IN ('observed', 'listed')),
    steps int8,
    last_loss float8,
    per_hour float8,
    cost float8,
    currency text COLLATE "C",
    seen_at int8 NOT NULL
);

CREATE INDEX runs_order ON runs (coalesce(started_at, ended_at, seen_at), id);
CREATE INDEX runs_cluster ON runs (cluster, started_at);
CREATE INDEX runs_ended_at ON runs (ended_at) WHERE ended_at IS NOT NULL;
CREATE UNIQUE INDEX runs_open ON runs (cluster) WHERE outcome = 'running';

CREATE TABLE mails (
    seq int8 NOT NULL,
    target text COLLATE "C" NOT NULL,
    progress text COLLATE "C" NOT NULL CHECK (progress::json IS NOT NULL),
    PRIMARY KEY (seq, target),
    FOREIGN KEY (seq, target) REFERENCES outbox (seq, target) ON DELETE CASCADE
);

CREATE TABLE silences (
    id int8 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    matchers text COLLATE "C" NOT NULL CHECK (matchers::json IS NOT NULL),
    starts_at int8 NOT NULL,
    ends_at int8 NOT NULL,
    comment text COLLATE "C" NOT NULL,
    author text COLLATE "C" NOT NULL,
    drops int8 NOT NULL DEFAULT 0 CHECK (drops IN (0, 1))
);

CREATE INDEX silences_ends_at ON silences (ends_at);

CREATE TABLE acks (
    seq int8 NOT NULL PRIMARY KEY REFERENCES events (seq) ON DELETE CASCADE,
    at int8 NOT NULL,
    author text COLLATE "C" NOT NULL,
    comment text COLLATE "C"
);

CREATE TABLE escalations (
    seq int8 NOT NULL REFERENCES events (seq) ON DELETE CASCADE,
    target text COLLATE "C" NOT NULL,
    at int8 NOT NULL,
    PRIMARY KEY (seq, target)
);

CREATE TABLE rules (
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('reminder', 'escalation', 'summary')),
    key text COLLATE "C" NOT NULL,
    since int8 NOT NULL,
    last_at int8,
    covered_until int8,
    PRIMARY KEY (kind, key)
);

CREATE TABLE clock_steps (
    id int8 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    expected int8 NOT NULL,
    shown int8 NOT NULL
);

-- Who does what, by the database's clock: the only times of PostgreSQL's own kind, since nothing but the database compares them.
-- Rows that change every few seconds find room on their own page.
CREATE TABLE leases (
    what text COLLATE "C" NOT NULL PRIMARY KEY,
    owner text COLLATE "C",
    epoch int8 NOT NULL DEFAULT 0,
    commits int8 NOT NULL DEFAULT 0,
    last_event int8,
    tokens float8,
    expires timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);

-- The daemons that share this database, each under a random name of its own.
CREATE TABLE hosts (
    owner text COLLATE "C" NOT NULL PRIMARY KEY,
    host text NOT NULL,
    pid int8 NOT NULL,
    version text NOT NULL,
    started_at int8 NOT NULL,
    seen_at int8 NOT NULL,
    expires timestamptz NOT NULL,
    shares text[] NOT NULL,
    targets text[] NOT NULL,
    config text NOT NULL
) WITH (fillfactor = 50);

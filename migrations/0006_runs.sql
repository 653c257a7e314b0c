-- One row for each training run: those that the daemon saw, and those that the API's list showed afterwards.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    cluster TEXT NOT NULL CHECK (cluster <> ''),
    name TEXT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    -- The API's StartTime, else the first ACTIVATION that was seen.
    started_at INTEGER,
    ended_at INTEGER,
    outcome TEXT NOT NULL CHECK (outcome IN ('running', 'completed', 'failed', 'gone')),
    source TEXT NOT NULL CHECK (source IN ('observed', 'listed')),
    steps INTEGER,
    last_loss REAL,
    -- The price of an hour while it runs; what it has cost once it is over.
    per_hour REAL,
    cost REAL,
    currency TEXT,
    -- When the daemon first knew of it.
    seen_at INTEGER NOT NULL
) STRICT;

-- The order in which runs are shown.
CREATE INDEX runs_order ON runs (coalesce(started_at, ended_at, seen_at), id);
CREATE INDEX runs_cluster ON runs (cluster, started_at);
CREATE INDEX runs_ended_at ON runs (ended_at) WHERE ended_at IS NOT NULL;
CREATE UNIQUE INDEX runs_open ON runs (cluster) WHERE outcome = 'running';

-- The latest run of each task: when it started, and whether it goes on; how long the last completed one took; and the
-- limit that the run has passed, if it is overdue: 'max_runtime', 'slower_than' or 'deadline', and when it passed it.
ALTER TABLE clusters ADD COLUMN run_started_at INTEGER;
ALTER TABLE clusters ADD COLUMN is_running INTEGER NOT NULL DEFAULT 0 CHECK (is_running IN (0, 1));
ALTER TABLE clusters ADD COLUMN last_run_ms INTEGER;
ALTER TABLE clusters ADD COLUMN overdue_limit TEXT;
ALTER TABLE clusters ADD COLUMN overdue_since INTEGER;

UPDATE clusters SET is_running = 1 WHERE upper(status) = 'ACTIVATION';
UPDATE clusters SET run_started_at = coalesce(started_at, CASE WHEN is_running THEN since END) WHERE status IS NOT NULL;
UPDATE clusters SET last_run_ms = completed_at - started_at
WHERE upper(status) = 'COMPLETED' AND completed_at > started_at;
UPDATE clusters SET last_run_ms = (SELECT past_run_ms FROM progress WHERE progress.cluster = clusters.id)
WHERE last_run_ms IS NULL;

-- The runs whose end the history tells, and those that go on.
INSERT INTO runs (
    cluster, name, account, region, started_at, ended_at, outcome, source, steps, last_loss, seen_at)
SELECT
    cluster, name, account, region, CAST(json_extract(details, '$.facts.started_at') AS INTEGER),
    coalesce(api_time, CASE WHEN kind <> 'first_seen' THEN observed_at END), event,
    CASE WHEN kind = 'first_seen' AND EXISTS (
        SELECT 1 FROM clusters WHERE clusters.id = events.cluster AND clusters.instance IS NOT NULL)
        THEN 'listed' ELSE 'observed' END,
    CAST(json_extract(details, '$.progress.step') AS INTEGER),
    CASE WHEN json_type(details, '$.progress.metrics.loss') IN ('integer', 'real')
        THEN json_extract(details, '$.progress.metrics.loss') END,
    observed_at
FROM events
WHERE event IN ('completed', 'failed') AND cluster IS NOT NULL AND account IS NOT NULL AND region IS NOT NULL
ORDER BY seq;

INSERT INTO runs (cluster, name, account, region, started_at, outcome, source, seen_at)
SELECT id, name, account, region, run_started_at, 'running', 'observed', coalesce(since, run_started_at, 0)
FROM clusters WHERE is_running = 1 ORDER BY id;

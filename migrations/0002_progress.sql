-- How far the latest run of each training is.
CREATE TABLE progress (
    cluster TEXT NOT NULL PRIMARY KEY,
    -- StartTime of the run; what is told of another run is not shown.
    run_started_at INTEGER,
    step INTEGER,
    total_steps INTEGER,
    epoch REAL,
    -- A JSON object: loss and whatever else the training measures.
    metrics TEXT CHECK (metrics IS NULL OR json_valid(metrics)),
    logged_at INTEGER,
    -- When the step was first read: a stall is counted from it.
    step_seen_at INTEGER,
    -- The first step that was read of the run: the rate is counted from it.
    first_step INTEGER,
    first_logged_at INTEGER,
    past_run_ms INTEGER,
    expected_end INTEGER
) STRICT, WITHOUT ROWID;

-- The curve that `show` draws, thinned out as it grows.
CREATE TABLE curve (
    cluster TEXT NOT NULL,
    logged_at INTEGER NOT NULL,
    step INTEGER,
    loss REAL,
    PRIMARY KEY (cluster, logged_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX clusters_instance ON clusters (instance, account, region) WHERE instance IS NOT NULL;

-- Where the wall clock did not go on evenly for this database's daemons: it was stepped, or none of them ran for a while.
-- Only what lies between two rows was lived through; the age of an alert that waits is counted by it.
CREATE TABLE clock_steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- What the clock showed last, or would have shown then.
    expected INTEGER NOT NULL,
    -- What it showed then.
    shown INTEGER NOT NULL
) STRICT;

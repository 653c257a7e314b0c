-- The names that clusters had in the config, now or once: a filter finds them without a walk through all events.
CREATE TABLE names (
    name TEXT NOT NULL,
    cluster TEXT NOT NULL,
    PRIMARY KEY (name, cluster)
) STRICT, WITHOUT ROWID;

INSERT INTO names (name, cluster)
SELECT DISTINCT name, cluster FROM events WHERE name IS NOT NULL AND cluster IS NOT NULL;

-- The names that clusters had in the config, now or once: a filter finds them without a walk through all events.
CREATE TABLE names (
    name text COLLATE "C" NOT NULL,
    cluster text COLLATE "C" NOT NULL,
    PRIMARY KEY (name, cluster)
);

INSERT INTO names (name, cluster)
SELECT DISTINCT name, cluster FROM events WHERE name IS NOT NULL AND cluster IS NOT NULL;

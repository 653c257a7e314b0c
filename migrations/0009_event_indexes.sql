-- A filter by event or status finds its rows without a walk through all of the history, above all if there are none.
CREATE INDEX events_event ON events (event);
CREATE INDEX events_status ON events (to_status COLLATE NOCASE);

-- A filter by event, status or account finds its rows without a walk through all of the history, above all if there are none.
CREATE INDEX events_event ON events (event);
CREATE INDEX events_status ON events (to_status COLLATE NOCASE);
CREATE INDEX events_account ON events (account);

-- The codes that ids of events begin with: one for each life of the history. A database that comes from a copy gets a
-- new one, so that no id is given twice; events up to then keep theirs. `installation` holds the newest.
CREATE TABLE installations (
    first_seq INTEGER NOT NULL PRIMARY KEY CHECK (first_seq > 0),
    code TEXT NOT NULL CHECK (length(code) = 8 AND code NOT GLOB '*[^a-z0-9]*'),
    since INTEGER NOT NULL
) STRICT;

INSERT INTO installations (first_seq, code, since) SELECT 1, code, created_at FROM installation;

-- The file that the code was made for, NULL until the next start, and whether `backup` made this file.
ALTER TABLE installation ADD COLUMN inode INTEGER;
ALTER TABLE installation ADD COLUMN born_at INTEGER;
ALTER TABLE installation ADD COLUMN is_copy INTEGER NOT NULL DEFAULT 0 CHECK (is_copy IN (0, 1));

-- The time as pruning trusts it: when it was last looked at, until when nothing is deleted because it jumped, and
-- the time up to which history was pruned.
CREATE TABLE retention (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seen_at INTEGER NOT NULL,
    doubted_until INTEGER,
    reached_at INTEGER
) STRICT;

-- The HTTP status beside the service's own code.
ALTER TABLE attempts ADD COLUMN http_status INTEGER;

-- The chat that a service moved a conversation to, and the one in the config that it replaces.
ALTER TABLE targets ADD COLUMN chat_id TEXT;
ALTER TABLE targets ADD COLUMN chat_id_replaced TEXT;

-- When the tasks of an instance were listed for the first time: a run that ended before is not news and is not alerted.
CREATE TABLE instances (
    id TEXT NOT NULL CHECK (id <> ''),
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    first_listed_at INTEGER NOT NULL,
    PRIMARY KEY (id, account, region)
) STRICT, WITHOUT ROWID;

-- Instances whose tasks are known were listed long ago.
INSERT INTO instances (id, account, region, first_listed_at)
SELECT DISTINCT instance, account, region, 0 FROM clusters WHERE instance IS NOT NULL AND instance <> '';

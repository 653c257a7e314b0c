-- Which alerts up to digest_through the digest names: 'backlog' (all of them; also NULL), 'ended_long_ago', 'targets'.
ALTER TABLE targets ADD COLUMN digest_group TEXT;

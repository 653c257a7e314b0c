-- What is held of a line is looked for with each alert that is not: none overtakes it.
CREATE INDEX outbox_held_lines ON outbox (target, line, seq) WHERE state = 'held';

-- Who has an alert's mail already, and who was refused for good: JSON, {"accepted": [...], "refused": {address: reply}}.
CREATE TABLE mails (
    seq INTEGER NOT NULL,
    target TEXT NOT NULL,
    progress TEXT NOT NULL CHECK (json_valid(progress)),
    PRIMARY KEY (seq, target),
    FOREIGN KEY (seq, target) REFERENCES outbox (seq, target) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

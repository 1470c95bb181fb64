-- One row: the newest signed head of the catalog's audit log that was seen, and what is wrong with the log now.
-- `looked_at`: the last look that got an answer.
CREATE TABLE audit (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER,
  hash TEXT,
  signed TEXT,
  seen_at TEXT,
  looked_at TEXT NOT NULL,
  problem TEXT
);

-- What the shop was founded with, at the first run. From these its whole life follows; times are RFC 3339 UTC with milliseconds.
CREATE TABLE shop (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seed INTEGER NOT NULL,
  customers INTEGER NOT NULL,
  pace INTEGER NOT NULL,
  began_at TEXT NOT NULL,
  launched_at TEXT NOT NULL
) STRICT;

-- Up to when each product has acknowledged what happened; `problem` is why the last attempt failed, if it did.
CREATE TABLE progress (
  product TEXT PRIMARY KEY,
  until TEXT NOT NULL,
  rows_sent INTEGER NOT NULL,
  problem TEXT
) STRICT;

-- One row. `fence` rises with each tick that begins; `until` (Unix ms) is when the next may begin although it did not end.
CREATE TABLE lease (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  fence INTEGER NOT NULL,
  until INTEGER NOT NULL
);

INSERT INTO lease (one, fence, until) VALUES (1, 0, 0);

-- A write fails, and with it the whole transaction, when the tick that makes it is not the latest any more.
CREATE TABLE guard (
  one INTEGER PRIMARY KEY,
  ok INTEGER NOT NULL CHECK (ok = 1)
);

CREATE TABLE ticks (
  fence INTEGER PRIMARY KEY,
  began_at TEXT NOT NULL,
  ended_at TEXT,
  report TEXT
);

-- What the catalog last said there is, and how each product stood when it was last checked.
CREATE TABLE products (
  id TEXT NOT NULL,
  major INTEGER NOT NULL,
  definition TEXT NOT NULL,
  verdict TEXT,
  as_of TEXT,
  age_ms INTEGER,
  checked_at TEXT,
  bad_runs INTEGER NOT NULL DEFAULT 0,
  bad_since TEXT,
  PRIMARY KEY (id, major)
) WITHOUT ROWID;

CREATE TABLE checks (
  id TEXT NOT NULL,
  major INTEGER NOT NULL,
  at TEXT NOT NULL,
  verdict TEXT NOT NULL,
  age_ms INTEGER,
  PRIMARY KEY (id, major, at)
) WITHOUT ROWID;

CREATE INDEX checks_at ON checks (at);

CREATE TABLE days (
  id TEXT NOT NULL,
  major INTEGER NOT NULL,
  day TEXT NOT NULL,
  kept INTEGER NOT NULL,
  broken INTEGER NOT NULL,
  PRIMARY KEY (id, major, day)
) WITHOUT ROWID;

CREATE TABLE incidents (
  id TEXT NOT NULL,
  major INTEGER NOT NULL,
  rule TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  closed_at TEXT,
  detail TEXT NOT NULL,
  PRIMARY KEY (id, major, rule, opened_at)
) WITHOUT ROWID;

CREATE UNIQUE INDEX incidents_open ON incidents (id, major, rule) WHERE closed_at IS NULL;

-- The last published head of each flag set. `scrub_at`: the page that the next scrub begins with.
CREATE TABLE publications (
  id TEXT NOT NULL,
  major INTEGER NOT NULL,
  aud TEXT NOT NULL,
  kid TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  as_of TEXT,
  lag_ms INTEGER,
  published_at TEXT NOT NULL,
  scrub_at INTEGER NOT NULL,
  PRIMARY KEY (id, major)
) WITHOUT ROWID;

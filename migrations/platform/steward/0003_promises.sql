-- How a product keeps its promises beside freshness. `evidence` is JSON. `bad_runs` and `bad_since` are of checks in a row
-- that close a gate, which not every broken promise does.
CREATE TABLE promises (
  id TEXT NOT NULL,
  major INTEGER NOT NULL,
  rule TEXT NOT NULL,
  is_kept INTEGER NOT NULL,
  detail TEXT NOT NULL,
  evidence TEXT NOT NULL,
  bad_runs INTEGER NOT NULL,
  bad_since TEXT,
  PRIMARY KEY (id, major, rule)
) WITHOUT ROWID;

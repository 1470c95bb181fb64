-- Every version of a product's contract that was registered, what it changed and for whom. `findings`, `affected` and `policies` are JSON.
-- A product that was registered before this table was there gets its row together with its next one; until then `products` tells of it.
CREATE TABLE registrations (
  product TEXT NOT NULL,
  major INTEGER NOT NULL,
  version TEXT NOT NULL,
  contract TEXT NOT NULL,
  contract_hash TEXT NOT NULL,
  -- What it was compared with; NULL for a product's first version.
  compared_with TEXT,
  step TEXT NOT NULL CHECK (step IN ('none', 'patch', 'minor', 'major')),
  findings TEXT NOT NULL,
  affected TEXT NOT NULL,
  policies TEXT NOT NULL,
  registered_by TEXT NOT NULL,
  registered_at TEXT NOT NULL,
  PRIMARY KEY (product, version)
) STRICT;
CREATE INDEX registrations_major ON registrations (product, major, registered_at);

-- What a domain says of itself, as it sent it with a registration. `rules` is JSON.
CREATE TABLE domains (
  domain TEXT PRIMARY KEY,
  rules TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

-- Exceptions to policies; the path '' stands for the whole product.
CREATE TABLE exceptions (
  policy TEXT NOT NULL,
  product TEXT NOT NULL,
  path TEXT NOT NULL,
  owner TEXT NOT NULL,
  reason TEXT NOT NULL,
  expires TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (policy, product, path)
) STRICT;

-- Products that serve another contract than the registered one, since the catalog first saw it.
CREATE TABLE drifts (
  product TEXT NOT NULL,
  major INTEGER NOT NULL,
  served_hash TEXT NOT NULL,
  since TEXT NOT NULL,
  PRIMARY KEY (product, major)
) STRICT;

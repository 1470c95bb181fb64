-- Who may ask the catalog for something. `secret_hash` is SHA-256 of the whole client key, `products` a JSON array: what a source sends to.
CREATE TABLE clients (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('consumer', 'source', 'publisher', 'steward')),
  domain TEXT NOT NULL,
  products TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

-- An approved right of one consumer to one major of one product. `view` and `scopes` are JSON.
CREATE TABLE grants (
  id TEXT PRIMARY KEY,
  consumer TEXT NOT NULL,
  product TEXT NOT NULL,
  major INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  scopes TEXT NOT NULL,
  view TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (consumer, product, major)
) STRICT;
CREATE INDEX grants_product ON grants (product, major);

-- What is registered: one row for each major of a product.
CREATE TABLE products (
  id TEXT NOT NULL,
  major INTEGER NOT NULL,
  domain TEXT NOT NULL,
  url TEXT NOT NULL UNIQUE,
  contract TEXT NOT NULL,
  contract_hash TEXT NOT NULL,
  registered_by TEXT NOT NULL,
  registered_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (id, major)
) STRICT;

-- Written in the transaction that registers, so that a product is found the moment it is in.
CREATE VIRTUAL TABLE product_search USING fts5 (
  id, title, purpose, fields, owner, major UNINDEXED, product UNINDEXED,
  tokenize = 'porter unicode61 remove_diacritics 2'
);

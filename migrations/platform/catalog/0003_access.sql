-- Keys of clients, several at a time. `secret`: `hash` is SHA-256 of the whole client key; `ed25519`: `public_key` is the key's x, base64url.
-- The column `secret_hash` of `clients` is no longer read: its values moved here.
CREATE TABLE client_keys (
  id TEXT PRIMARY KEY,
  client TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('secret', 'ed25519')),
  hash TEXT,
  public_key TEXT,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  ends_at TEXT,
  revoked_at TEXT
) STRICT;
CREATE INDEX client_keys_client ON client_keys (client);
CREATE INDEX client_keys_revoked ON client_keys (revoked_at) WHERE revoked_at IS NOT NULL;
INSERT INTO client_keys (id, client, kind, hash, created_by, created_at)
  SELECT lower(hex(randomblob(16))), id, 'secret', secret_hash, 'operator', created_at FROM clients;

-- On which days (UTC) a key was used, and how many tokens it bought.
CREATE TABLE key_uses (
  key TEXT NOT NULL,
  day TEXT NOT NULL,
  tokens INTEGER NOT NULL,
  PRIMARY KEY (key, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX key_uses_day ON key_uses (day);
-- Days whose uses of keys are in the audit log.
CREATE TABLE key_days (
  day TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- 1: whoever has the client's key decides for its domain, as its owner.
ALTER TABLE clients ADD COLUMN decides INTEGER NOT NULL DEFAULT 0;
CREATE INDEX clients_updated ON clients (updated_at);

-- Signed assertions that were used: none counts twice.
CREATE TABLE assertions (
  id TEXT PRIMARY KEY,
  ends_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX assertions_end ON assertions (ends_at);

-- What a consumer asks for. `wants` is JSON.
CREATE TABLE requests (
  id TEXT PRIMARY KEY,
  consumer TEXT NOT NULL,
  product TEXT NOT NULL,
  major INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  wants TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'refused', 'withdrawn')),
  asked_by TEXT NOT NULL,
  asked_at TEXT NOT NULL,
  decided_by TEXT,
  decided_at TEXT,
  reason TEXT,
  granted TEXT
) STRICT;
CREATE INDEX requests_product ON requests (product, state);
CREATE INDEX requests_consumer ON requests (consumer, asked_at);
CREATE UNIQUE INDEX requests_waiting ON requests (consumer, product, major) WHERE state = 'waiting';

-- `classes` is a JSON array, or NULL: then the view names what it shows. A revoked grant keeps its row: approved anew, it goes on counting.
ALTER TABLE grants ADD COLUMN classes TEXT;
ALTER TABLE grants ADD COLUMN ends_at TEXT;
ALTER TABLE grants ADD COLUMN revoked_at TEXT;
ALTER TABLE grants ADD COLUMN decided_by TEXT NOT NULL DEFAULT 'operator';
CREATE INDEX grants_updated ON grants (updated_at);
CREATE INDEX grants_consumer ON grants (consumer);
CREATE INDEX grants_end ON grants (ends_at) WHERE ends_at IS NOT NULL;

-- People who signed in. `id` is made of issuer and subject.
CREATE TABLE people (
  id TEXT PRIMARY KEY,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT,
  first_seen TEXT NOT NULL,
  last_seen TEXT NOT NULL
) STRICT;
CREATE TABLE roles (
  person TEXT NOT NULL,
  domain TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'member')),
  given_by TEXT NOT NULL,
  given_at TEXT NOT NULL,
  PRIMARY KEY (person, domain)
) STRICT, WITHOUT ROWID;
-- `hash` is SHA-256 of the cookie's value.
CREATE TABLE sessions (
  hash TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  form_token TEXT NOT NULL,
  created_at TEXT NOT NULL,
  ends_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_end ON sessions (ends_at);

-- The audit log: every act, each with the hash of the one before it. The triggers keep whoever has a fault, not a grudge, from
-- changing it; who can drop them is found out by the chain.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  what TEXT NOT NULL,
  by TEXT NOT NULL,
  about TEXT NOT NULL,
  salt TEXT NOT NULL,
  content TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
-- What happened to a grant.
CREATE INDEX audit_grant ON audit (json_extract(about, '$.grant')) WHERE json_extract(about, '$.grant') IS NOT NULL;
CREATE TRIGGER audit_next BEFORE INSERT ON audit WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit)
BEGIN
  SELECT RAISE(ABORT, 'not the next entry of audit');
END;
CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'audit is append-only');
END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'audit is append-only');
END;
-- Heads of the log that were signed and shown to others.
CREATE TABLE checkpoints (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  hash TEXT NOT NULL,
  signed TEXT NOT NULL
) STRICT;
CREATE TRIGGER checkpoints_unchanged BEFORE UPDATE ON checkpoints
BEGIN
  SELECT RAISE(ABORT, 'checkpoints is append-only');
END;
CREATE TRIGGER checkpoints_kept BEFORE DELETE ON checkpoints
BEGIN
  SELECT RAISE(ABORT, 'checkpoints is append-only');
END;

-- Where a domain or a consumer is told what happened.
CREATE TABLE webhooks (
  id TEXT PRIMARY KEY,
  owner_kind TEXT NOT NULL CHECK (owner_kind IN ('domain', 'consumer')),
  owner TEXT NOT NULL,
  url TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  ended_at TEXT,
  ended_by TEXT
) STRICT;
CREATE INDEX webhooks_owner ON webhooks (owner_kind, owner);
-- What is told: `body` is the JSON that is sent.
CREATE TABLE notices (
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  at TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX notices_at ON notices (at);
-- While a delivery is tried, `next_at` is when somebody else may try it although nobody said how it went.
CREATE TABLE deliveries (
  webhook TEXT NOT NULL,
  notice TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
  attempts INTEGER NOT NULL,
  next_at TEXT,
  last_at TEXT,
  last_status INTEGER,
  last_error TEXT,
  PRIMARY KEY (webhook, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_due ON deliveries (state, next_at);
CREATE INDEX deliveries_notice ON deliveries (notice);

-- A write to it fails, and with it the whole transaction, when a guard's condition does not hold.
CREATE TABLE guard (
  one INTEGER PRIMARY KEY,
  ok INTEGER NOT NULL CHECK (ok = 1)
) STRICT;

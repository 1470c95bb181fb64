-- One row: the moment of the newest transaction, rising with each. Orders and claims of completeness take their times from it.
CREATE TABLE clock (id INTEGER PRIMARY KEY, ms INTEGER NOT NULL);

CREATE TABLE customers (customer_id TEXT PRIMARY KEY, first_seen_ms INTEGER NOT NULL, imported_ms INTEGER);

-- Addresses and cards that a customer has used here, or before as far as purchase.orders tells.
CREATE TABLE belongings (
  customer_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (customer_id, kind, id)
) WITHOUT ROWID;

CREATE TABLE orders (
  order_id TEXT PRIMARY KEY,
  cart_id TEXT UNIQUE,
  customer_id TEXT NOT NULL,
  placed_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  status TEXT NOT NULL,
  total_cents INTEGER NOT NULL,
  currency TEXT NOT NULL,
  shipping_address_id TEXT,
  payment_method_id TEXT,
  item_count INTEGER NOT NULL,
  campaign_id TEXT,
  session_id TEXT,
  decision TEXT NOT NULL,
  judgement TEXT NOT NULL,
  alert_id TEXT,
  covered_epoch_ms INTEGER,
  covered_seen_ms INTEGER
);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_ms);
CREATE INDEX orders_uncovered ON orders (placed_ms) WHERE covered_seen_ms IS NULL;

CREATE TABLE account_events (
  event_id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL,
  event TEXT NOT NULL,
  happened_ms INTEGER NOT NULL,
  address_id TEXT,
  country TEXT
);
CREATE INDEX account_events_by_customer ON account_events (customer_id, happened_ms);

-- The links "it was me": each for one order, answered once.
CREATE TABLE confirmations (
  token TEXT PRIMARY KEY,
  order_id TEXT NOT NULL UNIQUE,
  expires_ms INTEGER NOT NULL,
  answer TEXT,
  answered_ms INTEGER,
  attempt TEXT
);

CREATE INDEX confirmations_open ON confirmations (expires_ms) WHERE answer IS NULL;

-- One alert an incident; what happened within it are its notes.
CREATE TABLE alerts (
  alert_id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL,
  opened_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  contact_before_ms INTEGER
);
CREATE INDEX alerts_by_customer ON alerts (customer_id, opened_ms);
CREATE TABLE alert_notes (
  id INTEGER PRIMARY KEY,
  alert_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  because TEXT NOT NULL
);
CREATE INDEX alert_notes_by_alert ON alert_notes (alert_id);

-- Tampering with flags, one row for each cause and hour.
CREATE TABLE alarms (
  cause TEXT NOT NULL,
  hour INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  decisions INTEGER NOT NULL,
  PRIMARY KEY (cause, hour)
) WITHOUT ROWID;

-- How often checkouts met which state of the flag.
CREATE TABLE flag_reads (
  day INTEGER NOT NULL,
  state TEXT NOT NULL,
  cause TEXT NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (day, state, cause)
) WITHOUT ROWID;

-- What each product is sent: numbered batches without gaps, kept until the product has said that they arrived.
CREATE TABLE streams (product TEXT PRIMARY KEY, cut INTEGER NOT NULL);
CREATE TABLE batches (
  product TEXT NOT NULL,
  n INTEGER NOT NULL,
  complete_up_to_ms INTEGER,
  sent_ms INTEGER,
  PRIMARY KEY (product, n)
) WITHOUT ROWID;
CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, product TEXT NOT NULL, n INTEGER, row TEXT NOT NULL);
CREATE INDEX outbox_by_batch ON outbox (product, n);

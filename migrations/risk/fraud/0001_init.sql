CREATE TABLE "records" (
  "customer_id" TEXT NOT NULL,
  "last_seen_at" TEXT,
  "score" INTEGER,
  "reasons" TEXT,
  "orders" INTEGER,
  "usual_cents" INTEGER,
  "spread_cents" INTEGER,
  "largest_cents" INTEGER,
  "long_run_cents" INTEGER,
  "currency" TEXT,
  "first_order_at" TEXT,
  "last_order_at" TEXT,
  "known_addresses" TEXT,
  "known_cards" TEXT,
  "address_changed_at" TEXT,
  "email_changed_at" TEXT,
  "password_reset_at" TEXT,
  "new_device_at" TEXT,
  "_seq" INTEGER NOT NULL,
  "_version" TEXT NOT NULL,
  "_hash" TEXT NOT NULL,
  "_deleted" INTEGER NOT NULL,
  "_source" TEXT NOT NULL,
  PRIMARY KEY ("customer_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "records_seq" ON "records" ("_seq");

CREATE INDEX "records_last_seen_at" ON "records" ("last_seen_at");

CREATE INDEX "records_score" ON "records" ("score");

CREATE INDEX "records_last_order_at" ON "records" ("last_order_at");

CREATE TABLE "_rollup_currency" (
  "grp" TEXT NOT NULL,
  "_n" INTEGER NOT NULL,
  "customers" INTEGER NOT NULL,
  "orders" INTEGER NOT NULL,
  PRIMARY KEY ("grp")
) WITHOUT ROWID;

CREATE TABLE "_state" (
  "one" INTEGER NOT NULL CHECK (one = 1),
  "incarnation" TEXT NOT NULL,
  "seq" INTEGER NOT NULL,
  "run" INTEGER NOT NULL,
  PRIMARY KEY ("one")
) WITHOUT ROWID;

CREATE TABLE "_progress" (
  "name" TEXT NOT NULL,
  "as_of" TEXT,
  "n" INTEGER,
  "cursor" TEXT,
  "next_as_of" TEXT,
  PRIMARY KEY ("name")
) WITHOUT ROWID;

CREATE TABLE "_batches" (
  "source" TEXT NOT NULL,
  "n" INTEGER NOT NULL,
  "complete_up_to" TEXT,
  PRIMARY KEY ("source", "n")
) WITHOUT ROWID;

CREATE TABLE "_quarantine" (
  "id" TEXT NOT NULL,
  "source" TEXT NOT NULL,
  "received_at" TEXT NOT NULL,
  "errors" TEXT NOT NULL,
  "row" TEXT NOT NULL,
  PRIMARY KEY ("id")
) WITHOUT ROWID;

CREATE INDEX "_quarantine_source" ON "_quarantine" ("source", "received_at");

CREATE TABLE "_guard" (
  "one" INTEGER NOT NULL,
  "ok" INTEGER NOT NULL CHECK (ok = 1),
  PRIMARY KEY ("one")
) WITHOUT ROWID;

CREATE TABLE "_in_orders" (
  "order_id" TEXT NOT NULL,
  "customer_id" TEXT,
  "placed_at" TEXT,
  "status" TEXT,
  "total_cents" INTEGER,
  "currency" TEXT,
  "shipping_address_id" TEXT,
  "payment_method_id" TEXT,
  PRIMARY KEY ("order_id")
) WITHOUT ROWID;

CREATE INDEX "_in_orders_by" ON "_in_orders" ("customer_id", "placed_at");

CREATE TABLE "_in_accounts" (
  "event_id" TEXT NOT NULL,
  "customer_id" TEXT,
  "happened_at" TEXT,
  "event" TEXT,
  PRIMARY KEY ("event_id")
) WITHOUT ROWID;

CREATE INDEX "_in_accounts_by" ON "_in_accounts" ("customer_id", "happened_at");

CREATE TABLE "_dirty" (
  "key" TEXT NOT NULL,
  PRIMARY KEY ("key")
) WITHOUT ROWID;

CREATE TABLE "_flags_state" (
  "one" INTEGER NOT NULL CHECK (one = 1),
  "fence" INTEGER NOT NULL,
  "step" INTEGER NOT NULL,
  "offered_at" INTEGER NOT NULL,
  "aud" TEXT NOT NULL,
  "sid" TEXT NOT NULL,
  "contract" TEXT NOT NULL,
  "seq" INTEGER NOT NULL,
  "bits" INTEGER,
  "staged" TEXT,
  "current" TEXT,
  PRIMARY KEY ("one")
) WITHOUT ROWID;

CREATE TABLE "_flags_entries" (
  "place" INTEGER NOT NULL,
  "tag" TEXT NOT NULL,
  "json" TEXT NOT NULL,
  PRIMARY KEY ("place", "tag")
) WITHOUT ROWID;

CREATE TABLE "_flags_dirty" (
  "place" INTEGER NOT NULL,
  PRIMARY KEY ("place")
) WITHOUT ROWID;

CREATE TABLE "_flags_staged" (
  "slot" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "bytes" INTEGER NOT NULL,
  "entries" INTEGER NOT NULL,
  "put_at" INTEGER,
  PRIMARY KEY ("slot")
) WITHOUT ROWID;

CREATE TABLE "_flags_current" (
  "slot" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "bytes" INTEGER NOT NULL,
  "entries" INTEGER NOT NULL,
  "put_at" INTEGER NOT NULL,
  "lost" INTEGER NOT NULL,
  PRIMARY KEY ("slot")
) WITHOUT ROWID;

CREATE TABLE "_flags_log" (
  "epoch" INTEGER NOT NULL,
  "expires" INTEGER NOT NULL,
  "fingerprint" TEXT NOT NULL,
  "sid" TEXT NOT NULL,
  "bits" INTEGER NOT NULL,
  "oldest_put_at" INTEGER,
  "value" TEXT,
  PRIMARY KEY ("epoch")
) WITHOUT ROWID;

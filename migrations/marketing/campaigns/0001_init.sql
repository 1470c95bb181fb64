CREATE TABLE "records" (
  "campaign_id" TEXT NOT NULL,
  "customer_id" TEXT NOT NULL,
  "reached_at" TEXT,
  "sent_at" TEXT,
  "recipient" INTEGER,
  "purchased" INTEGER,
  "orders" INTEGER,
  "other_orders" INTEGER,
  "first_order_at" TEXT,
  "turnover_cents" INTEGER,
  "currency" TEXT,
  "_seq" INTEGER NOT NULL,
  "_version" TEXT NOT NULL,
  "_hash" TEXT NOT NULL,
  "_deleted" INTEGER NOT NULL,
  "_source" TEXT NOT NULL,
  PRIMARY KEY ("campaign_id", "customer_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "records_seq" ON "records" ("_seq");

CREATE INDEX "records_campaign_id" ON "records" ("campaign_id");

CREATE INDEX "records_customer_id" ON "records" ("customer_id");

CREATE INDEX "records_reached_at" ON "records" ("reached_at");

CREATE INDEX "records_purchased" ON "records" ("purchased");

CREATE TABLE "_rollup_campaign_id" (
  "grp" TEXT NOT NULL,
  "_n" INTEGER NOT NULL,
  "recipients" INTEGER NOT NULL,
  "purchasers" INTEGER NOT NULL,
  "purchases" INTEGER NOT NULL,
  "other_orders" INTEGER NOT NULL,
  PRIMARY KEY ("grp")
) WITHOUT ROWID;

CREATE TABLE "_rollup_campaign_id_currency" (
  "grp" TEXT NOT NULL,
  "_n" INTEGER NOT NULL,
  "recipients" INTEGER NOT NULL,
  "purchasers" INTEGER NOT NULL,
  "purchases" INTEGER NOT NULL,
  "other_orders" INTEGER NOT NULL,
  "turnover" INTEGER NOT NULL,
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

CREATE TABLE "_in_newsletter" (
  "event_id" TEXT NOT NULL,
  "campaign_id" TEXT,
  "customer_id" TEXT,
  "happened_at" TEXT,
  "event" TEXT,
  PRIMARY KEY ("event_id")
) WITHOUT ROWID;

CREATE INDEX "_in_newsletter_by" ON "_in_newsletter" ("campaign_id", "customer_id", "happened_at");

CREATE TABLE "_in_orders" (
  "order_id" TEXT NOT NULL,
  "campaign_id" TEXT,
  "customer_id" TEXT,
  "placed_at" TEXT,
  "status" TEXT,
  "total_cents" INTEGER,
  "currency" TEXT,
  PRIMARY KEY ("order_id")
) WITHOUT ROWID;

CREATE INDEX "_in_orders_by" ON "_in_orders" ("campaign_id", "customer_id", "placed_at");

CREATE TABLE "_dirty" (
  "key" TEXT NOT NULL,
  PRIMARY KEY ("key")
) WITHOUT ROWID;

CREATE TABLE "_partitions" (
  "month" TEXT NOT NULL,
  "changed" INTEGER NOT NULL,
  "exported" INTEGER NOT NULL,
  "taken" INTEGER,
  "progress" TEXT,
  "files" TEXT,
  PRIMARY KEY ("month")
) WITHOUT ROWID;

CREATE TABLE "_exports" (
  "id" TEXT NOT NULL,
  "begun_at" TEXT NOT NULL,
  "incarnation" TEXT NOT NULL,
  "seq" INTEGER NOT NULL,
  "as_of" TEXT,
  "made_at" TEXT,
  "ended_at" TEXT,
  "manifest" TEXT,
  PRIMARY KEY ("id")
) WITHOUT ROWID;

ALTER TABLE "_state" ADD COLUMN "floor" INTEGER;

ALTER TABLE "_quarantine" ADD COLUMN "whole" INTEGER;

CREATE TABLE "_cost" (
  "hour" TEXT NOT NULL,
  "major" INTEGER NOT NULL,
  "consumer" TEXT NOT NULL,
  "requests" INTEGER NOT NULL,
  "rows_read" INTEGER NOT NULL,
  "rows_written" INTEGER NOT NULL,
  PRIMARY KEY ("hour", "major", "consumer")
) WITHOUT ROWID;

CREATE TABLE "_idempotency" (
  "source" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "body" TEXT NOT NULL,
  "at" TEXT NOT NULL,
  "answer" TEXT,
  PRIMARY KEY ("source", "key")
) WITHOUT ROWID;

CREATE INDEX "_idempotency_at" ON "_idempotency" ("at");

CREATE TABLE "_marks" (
  "at" TEXT NOT NULL,
  "seq" INTEGER NOT NULL,
  PRIMARY KEY ("at")
) WITHOUT ROWID;

ALTER TABLE "_in_newsletter" ADD COLUMN "_life" INTEGER;

DROP INDEX "_in_newsletter_by";

CREATE INDEX "_in_newsletter_by" ON "_in_newsletter" ("campaign_id", "customer_id", "happened_at", "event_id");

ALTER TABLE "_in_orders" ADD COLUMN "_life" INTEGER;

DROP INDEX "_in_orders_by";

CREATE INDEX "_in_orders_by" ON "_in_orders" ("campaign_id", "customer_id", "placed_at", "order_id");

CREATE TABLE "_walks" (
  "name" TEXT NOT NULL,
  "parts" TEXT NOT NULL,
  "value" TEXT NOT NULL,
  "after" TEXT NOT NULL,
  "again" INTEGER NOT NULL,
  PRIMARY KEY ("name", "parts", "value")
) WITHOUT ROWID;

CREATE TABLE "_runs" (
  "n" INTEGER NOT NULL,
  "at" TEXT NOT NULL,
  "report" TEXT NOT NULL,
  PRIMARY KEY ("n")
) WITHOUT ROWID;

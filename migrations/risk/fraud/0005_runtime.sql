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

ALTER TABLE "_in_orders" ADD COLUMN "_life" INTEGER;

DROP INDEX "_in_orders_by";

CREATE INDEX "_in_orders_by" ON "_in_orders" ("customer_id", "status", "placed_at", "order_id");

ALTER TABLE "_in_accounts" ADD COLUMN "_life" INTEGER;

DROP INDEX "_in_accounts_by";

CREATE INDEX "_in_accounts_by" ON "_in_accounts" ("customer_id", "event", "happened_at", "event_id");

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

CREATE INDEX "records_status__placed_at" ON "records" ("status", "placed_at");

CREATE INDEX "records_customer_id__placed_at" ON "records" ("customer_id", "placed_at");

CREATE TABLE "_rollup_status_currency_placed_at_day" (
  "grp" TEXT NOT NULL,
  "_n" INTEGER NOT NULL,
  "orders" INTEGER NOT NULL,
  "turnover" INTEGER NOT NULL,
  "items" INTEGER NOT NULL,
  PRIMARY KEY ("grp")
) WITHOUT ROWID;

INSERT INTO `_rollup_status_currency_placed_at_day` ("grp", `_n`, `orders`, `turnover`, `items`) SELECT json_array(`status`, `currency`, substr(`placed_at`, 1, 10)), count(*), count(*), CAST(total(`total_cents`) AS INTEGER), CAST(total(`item_count`) AS INTEGER) FROM "records" WHERE "_deleted" = 0 GROUP BY 1;

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

CREATE TABLE "records" (
  "event_id" TEXT NOT NULL,
  "customer_id" TEXT,
  "event" TEXT,
  "happened_at" TEXT,
  "campaign_id" TEXT,
  "_seq" INTEGER NOT NULL,
  "_version" TEXT NOT NULL,
  "_hash" TEXT NOT NULL,
  "_deleted" INTEGER NOT NULL,
  "_source" TEXT NOT NULL,
  PRIMARY KEY ("event_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "records_seq" ON "records" ("_seq");

CREATE INDEX "records_happened_at" ON "records" ("happened_at");

CREATE INDEX "records_customer_id" ON "records" ("customer_id");

CREATE INDEX "records_event" ON "records" ("event");

CREATE INDEX "records_campaign_id" ON "records" ("campaign_id");

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

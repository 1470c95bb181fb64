ALTER TABLE "records" ADD COLUMN "_seq_internal" INTEGER;

UPDATE "records" SET "_seq_internal" = "_seq";

CREATE UNIQUE INDEX "records__seq_internal" ON "records" ("_seq_internal");

CREATE TABLE "_secret" (
  "one" INTEGER NOT NULL CHECK (one = 1),
  "secret" TEXT NOT NULL,
  PRIMARY KEY ("one")
) WITHOUT ROWID;

CREATE TABLE "_quality" (
  "major" INTEGER NOT NULL,
  "tried_at" TEXT NOT NULL,
  "judged_at" TEXT,
  "contract" TEXT,
  "seq" INTEGER,
  "records" INTEGER,
  "results" TEXT,
  PRIMARY KEY ("major")
) WITHOUT ROWID;

CREATE TABLE "_usage" (
  "day" TEXT NOT NULL,
  "major" INTEGER NOT NULL,
  "consumer" TEXT NOT NULL,
  "field" TEXT NOT NULL,
  "requests" INTEGER NOT NULL,
  PRIMARY KEY ("day", "major", "consumer", "field")
) WITHOUT ROWID;

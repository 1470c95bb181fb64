CREATE TABLE "_secret" (
  "one" INTEGER NOT NULL CHECK (one = 1),
  "secret" TEXT NOT NULL,
  PRIMARY KEY ("one")
) WITHOUT ROWID;

ALTER TABLE "records" ADD COLUMN "_seq_arrival" INTEGER;

UPDATE "records" SET "_seq_arrival" = "_seq";

CREATE UNIQUE INDEX "records__seq_arrival" ON "records" ("_seq_arrival");

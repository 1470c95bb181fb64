ALTER TABLE "records" ADD COLUMN "action" TEXT;

ALTER TABLE "records" ADD COLUMN "channel" TEXT;

UPDATE "records" SET "action" = CASE "event" WHEN 'sent' THEN 'mailed' ELSE "event" END, "_hash" = '' WHERE "_deleted" = 0;

DROP INDEX "records_event";

CREATE INDEX "records_action" ON "records" ("action");

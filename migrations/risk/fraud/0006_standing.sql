ALTER TABLE "_state" ADD COLUMN "progress" TEXT;

ALTER TABLE "_state" ADD COLUMN "progress_at" INTEGER;

-- Rows that a grant lets its consumer read in D1 on a day (UTC). NULL: no quota.
ALTER TABLE grants ADD COLUMN rows_per_day INTEGER;

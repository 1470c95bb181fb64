-- Each tick forgets what is older than a quarter.
CREATE INDEX days_day ON days (day);
CREATE INDEX incidents_closed ON incidents (closed_at);

ALTER TABLE tags ADD COLUMN matched_by TEXT NOT NULL DEFAULT 'name';

CREATE TABLE clip_requests (
    provider TEXT PRIMARY KEY,
    next_at  REAL NOT NULL                  -- no request before
) STRICT;

CREATE TABLE baseline (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    model      TEXT NOT NULL,
    log_shares TEXT NOT NULL,               -- a JSON object: emotion to mean log-probability
    looks      INTEGER NOT NULL,
    at         REAL NOT NULL
) STRICT;

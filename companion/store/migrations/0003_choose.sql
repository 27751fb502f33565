-- The affect plane in 20 by 20 cells, each read from its surest tag on.
ALTER TABLE tags ADD COLUMN cell INTEGER NOT NULL GENERATED ALWAYS AS (
    min(19, CAST((valence + 1) * 10 AS INTEGER)) * 20
    + min(19, CAST((arousal + 1) * 10 AS INTEGER))
) VIRTUAL;
CREATE INDEX tags_cell ON tags (cell, confidence DESC, valence, arousal, track_id);

-- How tracks ended, by main artist and by the mood's quadrant, from which taste is learnt.
ALTER TABLE queue_entries ADD COLUMN artist TEXT NOT NULL GENERATED ALWAYS AS (
    coalesce(json_extract(track, '$.artists[0]'), '')
) VIRTUAL;
ALTER TABLE queue_entries ADD COLUMN region TEXT GENERATED ALWAYS AS (
    json_extract(why, '$.region')
) VIRTUAL;
CREATE INDEX queue_entries_ends ON queue_entries (artist, region, track_id, state);
CREATE INDEX queue_entries_planned ON queue_entries (planned_at, state, track_id);

CREATE TABLE feedback (
    id       INTEGER PRIMARY KEY,
    at       REAL NOT NULL,
    track_id TEXT NOT NULL,
    artist   TEXT NOT NULL,                 -- the main one, or ''
    byline   TEXT NOT NULL,
    word     TEXT NOT NULL,                 -- like or skip
    region   TEXT                           -- the mood's quadrant; NULL: in every mood
) STRICT;
CREATE INDEX feedback_artist ON feedback (artist);

CREATE TABLE blocks (
    kind   TEXT NOT NULL,                   -- track or artist
    name   TEXT NOT NULL,                   -- the track's id or the artist's name
    byline TEXT NOT NULL,
    at     REAL NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT;

CREATE TABLE set_mood (
    id      INTEGER PRIMARY KEY CHECK (id = 1),     -- there is one at most
    at      REAL NOT NULL,
    until   REAL,                                   -- NULL: until the user takes it back
    name    TEXT NOT NULL,
    emotion TEXT,
    valence REAL NOT NULL,
    arousal REAL NOT NULL
) STRICT;

CREATE TABLE corrections (
    reading_at REAL PRIMARY KEY,
    at         REAL NOT NULL,
    model      TEXT NOT NULL,               -- whose reading it was
    said       TEXT NOT NULL,
    name       TEXT NOT NULL,               -- what the user called it, or ''
    valence    REAL,                        -- NULL: only that it was wrong
    arousal    REAL
) STRICT;

CREATE TABLE heard (
    track_id TEXT PRIMARY KEY,
    at       REAL NOT NULL
) STRICT;
CREATE INDEX heard_at ON heard (at);

-- The camera's uses by commands that are no visit, such as look.
CREATE TABLE camera_uses (
    at      REAL NOT NULL,
    command TEXT NOT NULL
) STRICT;
CREATE INDEX camera_uses_at ON camera_uses (at);

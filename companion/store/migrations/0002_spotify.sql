CREATE TABLE last_sight (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    at          REAL NOT NULL,
    track       TEXT,                      -- a JSON object; NULL where no track was seen
    playing     INTEGER NOT NULL,
    position_ms INTEGER,
    length_ms   INTEGER NOT NULL,          -- 0 where unknown
    exact       INTEGER NOT NULL,          -- whether the position can be trusted
    heard_ms    REAL NOT NULL,             -- how long the track has run, by our own clock
    quiet_since REAL,                      -- since when nothing plays
    next_look   REAL NOT NULL,             -- until when nothing of ours can begin and end unseen
    unbroken    REAL NOT NULL              -- since when no look came too late
) STRICT;

CREATE TABLE track_sources (
    track_id TEXT NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
    source   TEXT NOT NULL,                -- saved, or a playlist's id
    seen_at  REAL NOT NULL,                -- when a sync last met it there
    PRIMARY KEY (track_id, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX track_sources_source ON track_sources (source, seen_at);
INSERT INTO track_sources SELECT id, 'saved', seen_at FROM tracks;
ALTER TABLE tracks DROP COLUMN seen_at;

CREATE TABLE sources (
    source      TEXT PRIMARY KEY,
    version     TEXT NOT NULL,             -- a playlist's snapshot; empty for the saved tracks
    read_at     REAL NOT NULL,             -- when it was last read whole
    passed_over INTEGER NOT NULL           -- how many of its items cannot be queued
) STRICT;
INSERT INTO sources
    SELECT 'saved', '', CAST(strftime('%s', whole.value) AS REAL), CAST(over.value AS INTEGER)
    FROM facts AS whole, facts AS over
    WHERE whole.name = 'library_read_whole_at' AND over.name = 'library_passed_over';
DELETE FROM facts WHERE name IN ('library_read_whole_at', 'library_passed_over');

CREATE TABLE passes (                      -- whole reads of a source that are not done
    source  TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    began   REAL NOT NULL,
    done    INTEGER NOT NULL,              -- the offset to go on from
    total   INTEGER,                       -- as Spotify said last; NULL where it did not
    skipped TEXT NOT NULL,                 -- a JSON object: reason to count
    steady  INTEGER NOT NULL               -- 0 where items may have been missed
) STRICT;

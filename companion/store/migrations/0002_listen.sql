CREATE TABLE last_sight (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    at          REAL NOT NULL,
    track       TEXT,                      -- a JSON object; NULL where no track was seen
    playing     INTEGER NOT NULL,
    position_ms INTEGER,
    length_ms   INTEGER NOT NULL,          -- 0 where unknown
    exact       INTEGER NOT NULL,          -- whether the position can be trusted
    heard_ms    REAL NOT NULL,             -- how long the track has run, by our own clock
    quiet_since REAL                       -- since when nothing plays
) STRICT;

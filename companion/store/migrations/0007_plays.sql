-- What was played: who started it, and how it ended. From it the program learns habits.
CREATE TABLE plays (
    id         INTEGER PRIMARY KEY,
    track_id   TEXT NOT NULL,
    started_at REAL NOT NULL,
    initiative TEXT NOT NULL,                   -- user, continued or companion
    ending     TEXT NOT NULL,                   -- playing until it has ended
    album      TEXT NOT NULL,                   -- "" where unknown
    context    TEXT NOT NULL,                   -- URI of the album or playlist; "" where unknown
    shuffled   INTEGER,                         -- NULL where unknown
    volume     INTEGER                          -- percent; NULL where the player does not tell it
) STRICT;
CREATE INDEX plays_started_at ON plays (started_at);

-- What Spotify said would come next: who plays something else has chosen it.
CREATE TABLE upcoming (
    track_id TEXT PRIMARY KEY,
    at       REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- How far each source of the mood is trusted; one that is not here has trust 1.
CREATE TABLE trust (
    source TEXT PRIMARY KEY,
    trust  REAL NOT NULL
) STRICT, WITHOUT ROWID;

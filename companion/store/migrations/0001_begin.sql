CREATE TABLE tracks (
    id          TEXT PRIMARY KEY,
    uri         TEXT NOT NULL,
    title       TEXT NOT NULL,
    artists     TEXT NOT NULL,              -- a JSON list
    album       TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    isrc        TEXT NOT NULL,
    explicit    INTEGER NOT NULL,
    added_at    REAL,
    seen_at     REAL NOT NULL               -- when a sync last met it
) STRICT;

CREATE TABLE tags (
    track_id   TEXT PRIMARY KEY REFERENCES tracks (id) ON DELETE CASCADE,
    model      TEXT NOT NULL,
    q1         REAL NOT NULL,
    q2         REAL NOT NULL,
    q3         REAL NOT NULL,
    q4         REAL NOT NULL,
    valence    REAL NOT NULL,
    arousal    REAL NOT NULL,
    confidence REAL NOT NULL,
    tempo      REAL NOT NULL,
    pitch_low  REAL NOT NULL,
    pitch_high REAL NOT NULL,
    voiced     REAL NOT NULL,
    provider   TEXT NOT NULL,
    reference  TEXT NOT NULL,               -- what the provider calls the clip
    match      REAL NOT NULL,               -- how sure it is the same recording
    tagged_at  REAL NOT NULL
) STRICT;

CREATE TABLE untagged (
    track_id TEXT PRIMARY KEY REFERENCES tracks (id) ON DELETE CASCADE,
    reason   TEXT NOT NULL,
    detail   TEXT NOT NULL,
    tries    INTEGER NOT NULL,
    retry_at REAL NOT NULL
) STRICT;

CREATE TABLE visits (
    id      INTEGER PRIMARY KEY,
    at      REAL NOT NULL,
    outcome TEXT NOT NULL,
    detail  TEXT NOT NULL,
    camera  INTEGER NOT NULL                -- whether it was opened
) STRICT;
CREATE INDEX visits_at ON visits (at);

CREATE TABLE readings (
    id            INTEGER PRIMARY KEY,
    at            REAL NOT NULL,
    probabilities TEXT NOT NULL,            -- a JSON object: emotion to probability
    valence       REAL NOT NULL,
    arousal       REAL NOT NULL,
    confidence    REAL NOT NULL,
    frames        INTEGER NOT NULL,
    model         TEXT NOT NULL
) STRICT;
CREATE INDEX readings_at ON readings (at);

CREATE TABLE queue_entries (
    id         INTEGER PRIMARY KEY,
    track_id   TEXT NOT NULL,
    track      TEXT NOT NULL,              -- a JSON object: it may leave the library
    state      TEXT NOT NULL,
    planned_at REAL NOT NULL,
    changed_at REAL NOT NULL,
    why        TEXT NOT NULL                -- a JSON object: the numbers that decided
) STRICT;
CREATE INDEX queue_entries_state ON queue_entries (state);
CREATE INDEX queue_entries_track ON queue_entries (track_id, planned_at);

CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE calls (
    api TEXT NOT NULL,                      -- the group of endpoints
    at  REAL NOT NULL
) STRICT;
CREATE INDEX calls_at ON calls (api, at);

CREATE TABLE waits (
    api   TEXT PRIMARY KEY,
    until REAL NOT NULL                     -- Spotify wants no call of the group before
) STRICT;

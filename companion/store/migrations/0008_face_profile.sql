-- The resting face is learned from looks now, and tells other numbers than the eight of old
-- weights, which stay until a look or `companion calibrate` replaces them.
ALTER TABLE baseline RENAME TO resting_face;
ALTER TABLE resting_face RENAME COLUMN log_shares TO features;
ALTER TABLE resting_face RENAME COLUMN looks TO seen;
ALTER TABLE resting_face ADD COLUMN identity TEXT NOT NULL DEFAULT '[]';
ALTER TABLE resting_face ADD COLUMN looks REAL NOT NULL DEFAULT 0;
ALTER TABLE resting_face ADD COLUMN day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE resting_face ADD COLUMN day_looks REAL NOT NULL DEFAULT 0;
ALTER TABLE resting_face ADD COLUMN strangers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE resting_face ADD COLUMN is_calibrated INTEGER NOT NULL DEFAULT 1;

-- What a mood looks like on the user's face, as `companion calibrate --moods` took it.
CREATE TABLE mood_examples (
    emotion TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    features TEXT NOT NULL,  -- JSON, a list of numbers
    looks REAL NOT NULL,
    at REAL NOT NULL
) STRICT;

-- What was seen, so that a correction of the reading can be an example of the mood.
ALTER TABLE readings ADD COLUMN look_model TEXT;
ALTER TABLE readings ADD COLUMN features TEXT;
ALTER TABLE corrections ADD COLUMN look_model TEXT;
ALTER TABLE corrections ADD COLUMN features TEXT;

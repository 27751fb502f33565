-- A tag is a place with a spread now, and says in words what was heard.
ALTER TABLE tags ADD COLUMN valence_spread REAL NOT NULL DEFAULT 0;     -- 0 where it is not known
ALTER TABLE tags ADD COLUMN arousal_spread REAL NOT NULL DEFAULT 0;
ALTER TABLE tags ADD COLUMN words TEXT NOT NULL DEFAULT '[]';           -- a JSON list
ALTER TABLE tags ADD COLUMN instrumental REAL;                          -- NULL where unknown

-- What was heard of a clip, so that other weights can judge it without the clip.
CREATE TABLE track_features (
    track_id TEXT PRIMARY KEY REFERENCES tracks (id) ON DELETE CASCADE,
    version  INTEGER NOT NULL,                  -- of what computed them
    features BLOB NOT NULL
) STRICT;

-- Places were means of the four corners, which put what is sure of its quadrant into one point.
-- `probit` is the inverse normal distribution; see companion/music/model/place.py. Where the user
-- has put a track elsewhere, what the model said of it stands with the correction.
UPDATE tags SET
    valence = 0.27 * probit(q1 + q4), valence_spread = 0.27,
    arousal = 0.22 * probit(q1 + q2), arousal_spread = 0.22
    WHERE track_id NOT IN (SELECT track_id FROM track_corrections);
UPDATE track_corrections SET said = json_set(said,
    '$.valence', 0.27 * probit(json_extract(said, '$.q1') + json_extract(said, '$.q4')),
    '$.arousal', 0.22 * probit(json_extract(said, '$.q1') + json_extract(said, '$.q2')),
    '$.valence_spread', 0.27, '$.arousal_spread', 0.22)
    WHERE CASE WHEN json_valid(said) THEN json_extract(said, '$.q1') END IS NOT NULL;

-- A choice goes by the spread too.
DROP INDEX tags_cell;
CREATE INDEX tags_cell ON tags (
    cell, confidence DESC, valence, arousal, valence_spread, arousal_spread, track_id
);

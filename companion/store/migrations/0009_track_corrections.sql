-- Where the user put a track on the affect plane. It outlives the tag and the track.
CREATE TABLE track_corrections (
    track_id TEXT PRIMARY KEY,
    at       REAL NOT NULL,
    valence  REAL NOT NULL,
    arousal  REAL NOT NULL,
    said     TEXT NOT NULL                  -- a JSON object: what the model's newest tag said
) STRICT;

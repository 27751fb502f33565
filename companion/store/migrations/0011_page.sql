-- For how long the camera was open; NULL where nobody measured it.
ALTER TABLE visits ADD COLUMN camera_seconds REAL;
ALTER TABLE camera_uses ADD COLUMN seconds REAL;

-- What the music model said of tracks that were moved along with others of their artist.
CREATE TABLE taught_tracks (
    track_id TEXT PRIMARY KEY,
    valence  REAL NOT NULL,
    arousal  REAL NOT NULL
) STRICT;

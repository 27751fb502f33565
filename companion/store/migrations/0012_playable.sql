-- Whether Spotify plays the track to this user, as it said when the library was read last.
ALTER TABLE tracks ADD COLUMN is_playable INTEGER NOT NULL DEFAULT 1;

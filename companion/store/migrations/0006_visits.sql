-- Plain names.
ALTER TABLE facts RENAME TO metadata;
UPDATE metadata SET name = 'housekept_at' WHERE name = 'house_kept_at';
ALTER TABLE heard RENAME TO recently_played;
DROP INDEX heard_at;
CREATE INDEX recently_played_at ON recently_played (at);
ALTER TABLE passes RENAME TO sync_progress;
ALTER TABLE last_sight RENAME TO player_snapshot;
ALTER TABLE player_snapshot RENAME COLUMN playing TO is_playing;
ALTER TABLE player_snapshot RENAME COLUMN length_ms TO duration_ms;
ALTER TABLE player_snapshot RENAME COLUMN heard_ms TO played_ms;
ALTER TABLE player_snapshot RENAME COLUMN quiet_since TO silent_since;
ALTER TABLE player_snapshot RENAME COLUMN next_look TO next_at;
ALTER TABLE player_snapshot RENAME COLUMN unbroken TO unbroken_since;
DROP INDEX queue_entries_ends;
CREATE INDEX queue_entries_endings ON queue_entries (artist, region, track_id, state);

-- A visit is kept from its begin on; its reading and its queue entry name it.
ALTER TABLE readings ADD COLUMN visit_id INTEGER REFERENCES visits (id) ON DELETE SET NULL;
ALTER TABLE queue_entries ADD COLUMN visit_id INTEGER REFERENCES visits (id) ON DELETE SET NULL;

-- Until now a visit was kept at its end. So what was read or planned in the five minutes before
-- it, and after the visit before, is its own, where its outcome is one that comes after a look
-- or a pick. Of several the newest is taken, as the rest is of visits that were killed.
CREATE TEMP TABLE spans AS
    SELECT id, outcome, camera, at AS ended, detail = 'the look was not finished' AS killed,
        max(at - 300, coalesce(lag(at) OVER (ORDER BY at, id), at - 300)) AS began,
        min(at + 300, coalesce(lead(at) OVER (ORDER BY at, id), at + 300)) AS next
    FROM visits;
UPDATE readings SET visit_id = spans.id FROM temp.spans AS spans
    WHERE spans.camera AND NOT spans.killed
        AND spans.outcome NOT IN ('no_face', 'several_faces', 'too_dark')
        AND readings.id = (
            SELECT id FROM readings WHERE at > spans.began AND at <= spans.ended
            ORDER BY at DESC, id DESC LIMIT 1
        );
UPDATE queue_entries SET visit_id = spans.id FROM temp.spans AS spans
    WHERE spans.outcome IN (
            'queued', 'failed', 'quota', 'no_device', 'restricted', 'login_needed', 'premium_needed'
        ) AND NOT spans.killed
        AND queue_entries.id = (
            SELECT id FROM queue_entries WHERE planned_at > spans.began AND planned_at <= spans.ended
            ORDER BY planned_at DESC, id DESC LIMIT 1
        );
-- A visit that was killed after its look was kept before it: what follows is its own.
UPDATE readings SET visit_id = spans.id FROM temp.spans AS spans
    WHERE spans.killed AND readings.visit_id IS NULL
        AND readings.id = (
            SELECT id FROM readings WHERE visit_id IS NULL AND at >= spans.ended AND at < spans.next
            ORDER BY at, id LIMIT 1
        );
UPDATE queue_entries SET visit_id = spans.id FROM temp.spans AS spans
    WHERE spans.killed AND queue_entries.visit_id IS NULL
        AND queue_entries.id = (
            SELECT id FROM queue_entries
            WHERE visit_id IS NULL AND planned_at >= spans.ended AND planned_at < spans.next
            ORDER BY planned_at, id LIMIT 1
        );
DROP TABLE temp.spans;
CREATE UNIQUE INDEX readings_visit ON readings (visit_id) WHERE visit_id IS NOT NULL;
CREATE UNIQUE INDEX queue_entries_visit ON queue_entries (visit_id) WHERE visit_id IS NOT NULL;

"""Why: each pick with its reasons, and what the user says of it."""

from __future__ import annotations

import sqlite3
from typing import Any

from companion.affect import Correction
from companion.agent.playback.learn_trust import learn_from_correction, learn_from_feedback
from companion.agent.playback.learn_trust import undo as undo_last_word
from companion.choose.mood_names import parse_mood
from companion.errors import UsageError
from companion.page.context import Context, Given, number_of, text_of
from companion.page.tabs.describe import describe_pick, describe_reading
from companion.store.face.readings import reading_of_visit
from companion.store.history.feedback import (
    Block,
    BlockKind,
    FeedbackKind,
    blocks,
    drop_block,
    read_corrections,
    save_block,
    save_correction,
    save_feedback,
)
from companion.store.history.queue import QueueEntry, find_entry, newest_entries

MOST = 500  # picks on the page


def show_picks(context: Context, given: Given) -> dict[str, Any]:
    """Give the newest picks, and what is blocked."""
    count = int(number_of({"count": given.get("count", 20)}, "count", 1, MOST))
    with context.store() as db:
        entries = list(newest_entries(db, count + 1))
        corrected = {one.reading_at: one.name for one in read_corrections(db)}
        blocked = blocks(db)
        names = {(one.kind, one.name) for one in blocked}
        picks = []
        for entry in entries[:count]:
            reading = entry.visit_id and reading_of_visit(db, entry.visit_id)
            picks.append(
                {
                    **describe_pick(entry),
                    "reading": reading and describe_reading(reading[0], reading[1]),
                    "corrected": corrected.get(reading[0]) if reading else None,
                    "track_blocked": (BlockKind.TRACK, entry.track.id) in names,
                    "artist_blocked": (BlockKind.ARTIST, entry.track.artist) in names,
                }
            )
    return {
        "picks": picks,
        "more": len(entries) > count,
        "blocks": [
            {"kind": one.kind.value, "name": one.name, "byline": one.byline} for one in blocked
        ],
    }


def give_feedback(context: Context, given: Given) -> dict[str, Any]:
    """Keep a like or a skip of a pick, for the mood that it was picked in."""
    kind = text_of(given, "word")
    if kind not in list(FeedbackKind):
        raise UsageError("This is neither like nor skip.", "Reload the page.")
    with context.store() as db:
        entry = _entry(db, given)
        region = entry.why.get("region")
        replaced = save_feedback(db, entry.track, FeedbackKind(kind), region, context.now())
        learn_from_feedback(db, entry.track.id, FeedbackKind(kind), context.now())
    context.tell_agent("wake")
    return {"region": region, "replaced": replaced}


def block(context: Context, given: Given) -> dict[str, Any]:
    """Block the track of a pick, or its artist.

    Raises:
        UsageError: Spotify names no artist.
    """
    kind = text_of(given, "kind")
    with context.store() as db:
        track = _entry(db, given).track
        if kind == BlockKind.ARTIST and not track.artist:
            raise UsageError("Spotify lists no artist for this track.", "Block the track.")
        if kind == BlockKind.ARTIST:
            found = Block(BlockKind.ARTIST, track.artist, track.artist)
        else:
            found = Block(BlockKind.TRACK, track.id, track.byline)
        save_block(db, found, context.now())
    context.tell_agent("wake")
    return {"byline": found.byline}


def unblock(context: Context, given: Given) -> dict[str, Any]:
    """Take a block back."""
    kind = text_of(given, "kind")
    if kind not in list(BlockKind):
        raise UsageError("This is neither a track nor an artist.", "Reload the page.")
    with context.store() as db:
        gone = drop_block(db, BlockKind(kind), text_of(given, "name"))
    context.tell_agent("wake")
    return {"gone": gone}


def correct_reading(context: Context, given: Given) -> dict[str, Any]:
    """Keep that the reading behind a pick was wrong, and what the user's mood was, if named.

    Raises:
        UsageError: the pick has no reading any more, or the mood is none.
    """
    named = parse_mood(text_of(given, "mood")) if given.get("mood") else None
    with context.store() as db:
        entry = _entry(db, given)
        reading = reading_of_visit(db, entry.visit_id) if entry.visit_id else None
        if reading is None:
            raise UsageError("This pick has no reading of your face.", "Correct another one.")
        at, mood, model = reading
        name, place = (named.name, named.affect) if named else ("", None)
        save_correction(db, Correction(at, model, mood.emotion, name, place), context.now())
        learn_from_correction(db, mood.affect, place, context.now())
    context.tell_agent("wake")
    return {"said": mood.emotion.value, "meant": name}


def undo(context: Context, _: Given) -> dict[str, Any]:
    """Take back the last like, skip, block, correction or mood."""
    with context.store() as db:
        undone = undo_last_word(db)
    context.tell_agent("wake")
    return {"undone": {"command": undone.command, "name": undone.name} if undone else None}


def _entry(db: sqlite3.Connection, given: Given) -> QueueEntry:
    entry = find_entry(db, int(number_of(given, "pick", 1, 2**53)))
    if entry is None:
        raise UsageError("This pick was forgotten meanwhile.", "Reload the page.")
    return entry

"""Now: what plays, the last reading, what would be queued next, and the buttons beside it."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import datetime, timedelta
from typing import Any

from companion.affect import MOOD_NAMES
from companion.agent.playback.learn_trust import learn_from_feedback
from companion.agent.service.control import ask
from companion.agent.visit.choice import rank_candidates
from companion.agent.visit.explanation import describe_ranking
from companion.agent.visit.mood import current_mood
from companion.choose.mood_names import parse_mood
from companion.choose.strategy_rules import strategy_name
from companion.errors import AgentNotRunning, UsageError
from companion.page.context import Context, Given, number_of, text_of
from companion.page.tabs.describe import (
    describe_affect,
    describe_reading,
    describe_track,
    describe_visit,
    milliseconds,
)
from companion.store.face.readings import newest_reading
from companion.store.history.feedback import FeedbackKind, save_feedback
from companion.store.history.overrides import (
    Pause,
    SetMood,
    drop_pause,
    drop_set_mood,
    read_pause,
    read_set_mood,
    save_pause,
    save_set_mood,
)
from companion.store.history.queue import OUTSTANDING, entries_in
from companion.store.history.visits import last_visit
from companion.store.listening.snapshots import read_player_snapshot
from companion.store.tracks.library import tracks_by_id
from companion.store.tracks.tags import count_tagged
from companion.track import Track

NEXT = 5  # tracks that are shown
MORNING_HOUR = 6  # a pause for today ends then
LONGEST_MINUTES = 7 * 24 * 60.0
VISIT_SECONDS = 150.0
STATUS_SECONDS = 2.0


def show_now(context: Context, _: Given) -> dict[str, Any]:
    """Give the present state; neither Spotify nor the camera is asked."""
    config, now = context.config, context.now()
    with context.store() as db:
        pause, reading, visit = read_pause(db, now), newest_reading(db), last_visit(db)
        playing = _playing(db, now)
        waiting = entries_in(db, OUTSTANDING)
        ahead = (playing[0],) if playing else ()
        ranking = rank_candidates(db, config.choose, now, ahead=ahead)
        return {
            "now": milliseconds(now),
            "playing": playing and playing[1],
            "reading": reading and describe_reading(reading[0], reading[1]),
            "mood": _mood(db, context, now),
            "ranking": describe_ranking(ranking, NEXT),
            "waiting": describe_track(waiting[0].track) if waiting else None,
            "tagged": count_tagged(db),
            "pause": pause
            and {
                "since": milliseconds(pause.since),
                "until": pause.until and milliseconds(pause.until),
            },
            "visit": visit and describe_visit(visit),
            "agent": _agent(context),
            "moods": list(MOOD_NAMES),
        }


def _playing(db: sqlite3.Connection, now: datetime) -> tuple[Track, dict[str, Any]] | None:
    """Describe what played when the agent last looked, and how far it is by our own clock."""
    last = read_player_snapshot(db)
    if last is None or last.snapshot.track is None:
        return None
    seen, track = last.snapshot, last.snapshot.track
    since = (now - last.at) / timedelta(milliseconds=1)
    position = (seen.position_ms or 0) + (since if seen.is_playing else 0)
    over = seen.duration_ms and position > seen.duration_ms
    described = {
        "track": describe_track(track),
        "is_playing": bool(seen.is_playing and not over),
        "position_ms": min(position, seen.duration_ms) if seen.position_ms is not None else None,
        "duration_ms": seen.duration_ms,
        "seen": milliseconds(last.at),
    }
    return track, described


def _mood(db: sqlite3.Connection, context: Context, now: datetime) -> dict[str, Any] | None:
    settings = context.config.choose
    found, by_hand = current_mood(db, settings, now), read_set_mood(db, now)
    if found is None:
        return None
    return {
        **describe_affect(found.affect),
        "name": found.name,
        "readings": found.readings,
        "at": milliseconds(found.at),
        "until": by_hand.until and milliseconds(by_hand.until) if by_hand else None,
        "by_hand": by_hand is not None,
        "strategy": strategy_name(settings, found, now.astimezone().time()),
    }


def _agent(context: Context) -> dict[str, Any] | None:
    with contextlib.suppress(AgentNotRunning):
        report = ask(context.paths, "status", STATUS_SECONDS)
        due = report["next_visit"]
        return {
            "next_visit": due and milliseconds(datetime.fromisoformat(due)),
            "troubles": report["troubles"],
        }
    return None


def pause(context: Context, given: Given) -> dict[str, Any]:
    """Pause for so many minutes, for today, or until the user resumes.

    Raises:
        UsageError: the length is none of them.
    """
    now, length = context.now(), given.get("length")
    if length == "today":
        until: datetime | None = _next_morning(now)
    elif length == "open":
        until = None
    else:
        until = now + timedelta(minutes=number_of(given, "length", 1, LONGEST_MINUTES))
    with context.store() as db:
        save_pause(db, Pause(now, until))
    context.tell_agent("wake")
    return {}


def _next_morning(now: datetime) -> datetime:
    local = now.astimezone()
    morning = local.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)
    end = morning if morning > local else morning + timedelta(days=1)
    return end.replace(tzinfo=None).astimezone(now.tzinfo)  # under the zone's rules of that day


def resume(context: Context, _: Given) -> dict[str, Any]:
    """End the pause."""
    with context.store() as db:
        drop_pause(db)
    context.tell_agent("wake")
    return {}


def not_now(context: Context, given: Given) -> dict[str, Any]:
    """Keep that a track is not for the present mood.

    Raises:
        UsageError: nobody knows the track.
    """
    now, wanted = context.now(), text_of(given, "track")
    with context.store() as db:
        track = tracks_by_id(db, [wanted]).get(wanted) or _seen(db, wanted)
        mood = current_mood(db, context.config.choose, now)
        region = mood.affect.quadrant.value if mood else None
        save_feedback(db, track, FeedbackKind.SKIP, region, now)
        learn_from_feedback(db, track.id, FeedbackKind.SKIP, now)
    context.tell_agent("wake")
    return {"region": region}


def _seen(db: sqlite3.Connection, wanted: str) -> Track:
    last = read_player_snapshot(db)
    track = last.snapshot.track if last else None
    if track is None or track.id != wanted:
        raise UsageError("This track is not known any more.", "Reload the page.")
    return track


def set_mood(context: Context, given: Given) -> dict[str, Any]:
    """Set the mood by hand, for so many minutes or until it is taken back with "auto".

    Raises:
        UsageError: it is no mood, or the length is none.
    """
    now, name = context.now(), text_of(given, "mood")
    with context.store() as db:
        if name == "auto":
            drop_set_mood(db)
        else:
            named, until = parse_mood(name), None
            if given.get("minutes") is not None:
                until = now + timedelta(minutes=number_of(given, "minutes", 1, LONGEST_MINUTES))
            save_set_mood(db, SetMood(now, until, named.name, named.affect, named.emotion))
    context.tell_agent("wake")
    return {}


def visit_now(context: Context, _: Given) -> dict[str, Any]:
    """Have the agent make a visit, and tell how it ended.

    Raises:
        AgentNotRunning: there is none.
    """
    ended: dict[str, Any] = ask(context.paths, "visit-now", VISIT_SECONDS)
    return {"outcome": ended["reason"], "kind": ended["outcome"], "detail": ended["detail"]}

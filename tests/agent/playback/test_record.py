"""Inferring who started a track, and its ending, from snapshots of the player."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from companion.agent.playback.follow import observe
from companion.playback import (
    Device,
    Initiative,
    ItemKind,
    Play,
    PlayEnding,
    PlayerSnapshot,
    PlayerState,
)
from companion.store.history.queue import EntryState, move_entry, plan_entry
from companion.store.listening.plays import plays_since, save_upcoming
from companion.track import Track

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
LATE = timedelta(seconds=45)
LENGTH = 200


def track(name: str) -> Track:
    return Track(name, f"spotify:track:{name}", f"Song {name}", ("One",), "Album", 1000 * LENGTH)


def shows(name: str, at: float = 0, **changes: object) -> PlayerState:
    return PlayerState(
        track(name),
        is_playing=True,
        position_ms=round(1000 * at),
        duration_ms=1000 * LENGTH,
        kind=ItemKind.TRACK,
        **changes,  # type: ignore[arg-type]
    )


def see(db: sqlite3.Connection, seen: PlayerSnapshot | None, at: float) -> None:
    observe(db, seen, NOON + timedelta(seconds=at), LATE)


def kept(db: sqlite3.Connection) -> list[Play]:
    return plays_since(db, NOON - timedelta(days=2))


def test_the_first_of_a_sitting_is_the_users_and_the_next_goes_on(db: sqlite3.Connection) -> None:
    see(db, shows("a", 3), 3)
    see(db, shows("a", 190), 190)
    see(db, shows("b", 5), 205)
    first, second = kept(db)
    assert (first.initiative, first.ending) == (Initiative.USER, PlayEnding.FINISHED)
    assert (second.initiative, second.ending) == (Initiative.CONTINUED, PlayEnding.PLAYING)
    assert first.started_at == NOON


@pytest.mark.parametrize(
    ("left_at", "ending"),
    [
        (10, PlayEnding.SKIPPED_EARLY),
        (29, PlayEnding.SKIPPED_EARLY),
        (39, PlayEnding.SKIPPED_EARLY),  # the first fifth
        (45, PlayEnding.SKIPPED_LATE),
        (120, PlayEnding.SKIPPED_LATE),
        (198, PlayEnding.FINISHED),
    ],
)
def test_what_is_left_early_was_skipped_early(
    db: sqlite3.Connection, left_at: float, ending: PlayEnding
) -> None:
    see(db, shows("a", 0), 0)
    see(db, shows("b", 0), left_at)
    assert kept(db)[0].ending is ending


def test_another_album_or_playlist_is_the_users_act(db: sqlite3.Connection) -> None:
    see(db, shows("a", 0, context="spotify:album:1"), 0)
    see(db, shows("b", 0, context="spotify:album:1"), 200)
    see(db, shows("c", 0, context="spotify:playlist:2"), 400)
    assert [play.initiative for play in kept(db)] == ["user", "continued", "user"]


def test_where_only_spotify_tells_the_playlist_it_is_added_later(db: sqlite3.Connection) -> None:
    see(db, shows("a", 0, context="spotify:album:1"), 0)
    desktop = PlayerSnapshot(track("b"), is_playing=True, position_ms=0, duration_ms=200_000)
    see(db, desktop, 200)
    see(db, shows("b", 20, context="spotify:playlist:2"), 220)
    last = kept(db)[-1]
    assert (last.initiative, last.context) == (Initiative.USER, "spotify:playlist:2")


def test_who_leaves_a_track_for_one_that_was_not_coming_has_chosen_it(
    db: sqlite3.Connection,
) -> None:
    see(db, shows("a", 0), 0)
    save_upcoming(db, [track("b"), track("c")], NOON)
    see(db, shows("b", 0), 20)
    see(db, shows("z", 0), 40)
    assert [play.initiative for play in kept(db)] == ["user", "continued", "user"]


def test_what_the_companion_queued_is_its_own(db: sqlite3.Connection) -> None:
    entry = plan_entry(db, track("b"), {}, NOON)
    assert entry is not None
    move_entry(db, entry, EntryState.PLANNED, EntryState.ACCEPTED, NOON)
    see(db, shows("a", 0), 0)
    see(db, shows("b", 0), 200)
    assert [play.initiative for play in kept(db)] == ["user", "companion"]


def test_after_a_long_silence_a_sitting_begins(db: sqlite3.Connection) -> None:
    see(db, shows("a", 0), 0)
    see(db, replace(shows("a", 60), is_playing=False), 60)
    see(db, shows("b", 0), 4000)
    assert [play.initiative for play in kept(db)] == ["user", "user"]


def test_a_track_that_goes_on_is_one_play(db: sqlite3.Connection) -> None:
    for at in (0, 30, 60):
        see(db, shows("a", at), at)
    see(db, replace(shows("a", 60), is_playing=False), 70)
    see(db, shows("a", 61), 90)
    assert len(kept(db)) == 1


@pytest.mark.parametrize("kind", [ItemKind.EPISODE, ItemKind.CHAPTER, ItemKind.AD, ItemKind.LOCAL])
def test_what_is_no_track_is_left_alone(db: sqlite3.Connection, kind: ItemKind) -> None:
    see(db, PlayerState(None, is_playing=True, position_ms=0, duration_ms=9, kind=kind), 0)
    assert kept(db) == []


def test_a_private_session_is_not_kept_until_spotify_shows_its_end(
    db: sqlite3.Connection,
) -> None:
    private = Device(private_session=True)
    desktop = PlayerSnapshot(track("b"), is_playing=True, position_ms=0, duration_ms=200_000)
    see(db, shows("a", 0), 0)
    see(db, shows("a", 20, device=private), 20)
    see(db, desktop, 200)
    assert kept(db) == []
    see(db, shows("c", 0), 400)
    assert [play.track_id for play in kept(db)] == ["c"]

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from companion.demo.simulator.library import Advert, Episode, LocalFile, make_track
from companion.demo.simulator.player import Device as SimulatedDevice
from companion.demo.simulator.server import Simulator
from companion.playback import Device, ItemKind, QueueView, Repeat
from companion.spotify.client import SpotifySession
from companion.spotify.player import parse_player, parse_queue, parse_recently_played
from companion.track import Track

Listen = Callable[[Simulator], SpotifySession]

ITEM = {"id": "1", "uri": "spotify:track:1", "name": "A", "type": "track", "duration_ms": 200_000}
PLAYING: dict[str, Any] = {
    "is_playing": True,
    "currently_playing_type": "track",
    "item": ITEM,
    "progress_ms": 150_000,
    "device": {"id": "d", "name": "Desk", "is_active": True},
    "repeat_state": "context",
    "actions": {"disallows": {"pausing": True, "seeking": False}},
}
TRACK = Track(
    "1", "spotify:track:1", "A Song", ("Who", "Whom"), duration_ms=200_000, isrc="ZZAAA2600001"
)


def test_reads_a_whole_state() -> None:
    state = parse_player(PLAYING)
    assert state is not None
    assert state.is_playing
    assert state.kind is ItemKind.TRACK
    assert state.track == Track("1", "spotify:track:1", "A", duration_ms=200_000)
    assert state.position_ms == 150_000
    assert state.device == Device("d", "Desk", active=True)
    assert state.repeat is Repeat.CONTEXT
    assert state.disallows == {"pausing"}


def test_no_body_is_no_device() -> None:
    assert parse_player(None) is None


def test_an_empty_object_is_a_player_of_which_nothing_is_known() -> None:
    state = parse_player({})
    assert state is not None
    assert not state.is_playing
    assert state.kind is ItemKind.UNKNOWN
    assert (state.track, state.position_ms) == (None, None)
    assert state.device == Device()


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"item": None, "currently_playing_type": "ad"}, "kind", ItemKind.AD),
        ({"item": None, "currently_playing_type": "episode"}, "kind", ItemKind.EPISODE),
        ({"item": {**ITEM, "type": "episode"}}, "kind", ItemKind.EPISODE),
        ({"item": {**ITEM, "is_local": True, "id": None}}, "kind", ItemKind.LOCAL),
        ({"item": {"uri": "spotify:local:::x:1", "name": "x"}}, "kind", ItemKind.LOCAL),
        ({"item": None, "currently_playing_type": "audiobook"}, "kind", ItemKind.UNKNOWN),
        ({"item": None, "currently_playing_type": None}, "kind", ItemKind.UNKNOWN),
        ({"item": None, "currently_playing_type": "track"}, "kind", ItemKind.TRACK),
        ({"item": "text"}, "track", None),
        ({"progress_ms": None}, "position_ms", None),
        ({"progress_ms": -1}, "position_ms", None),
        ({"progress_ms": 999_999}, "position_ms", 999_999),
        ({"repeat_state": "weekly"}, "repeat", Repeat.OFF),
        ({"repeat_state": "track"}, "repeat", Repeat.TRACK),
        ({"actions": None}, "disallows", frozenset()),
        ({"device": None}, "device", Device()),
        (
            {"device": {"id": None, "is_restricted": True}},
            "device",
            Device(restricted=True),
        ),
        ({"is_playing": "yes"}, "is_playing", False),
    ],
)
def test_absurd_fields(change: dict[str, Any], field: str, value: object) -> None:
    assert getattr(parse_player({**PLAYING, **change}), field) == value


@pytest.mark.parametrize(
    ("body", "view"),
    [
        ({}, QueueView(None, ())),
        ({"currently_playing": None, "queue": None}, QueueView(None, ())),
        ({"currently_playing": {}, "queue": [None, {}, 3]}, QueueView(None, ())),
        (
            {"currently_playing": ITEM, "queue": [ITEM, None]},
            QueueView(
                Track("1", "spotify:track:1", "A", duration_ms=200_000),
                (Track("1", "spotify:track:1", "A", duration_ms=200_000),),
            ),
        ),
    ],
)
def test_reads_the_queue(body: dict[str, Any], view: QueueView) -> None:
    assert parse_queue(body) == view


def test_the_queue_holds_a_track_under_another_id() -> None:
    relinked = replace(TRACK, id="2")
    other = replace(TRACK, id="2", isrc="ZZAAA2600002")
    assert QueueView(None, (other, relinked)).holds(TRACK)
    assert QueueView(relinked, ()).holds(TRACK)
    assert not QueueView(other, (other,)).holds(TRACK)
    assert not QueueView(None, ()).holds(TRACK)


def test_nothing_plays_at_first(simulator: Simulator, listen: Listen) -> None:
    session = listen(simulator)
    assert session.player() is None
    assert session.queue() == QueueView(None, ())


@pytest.mark.parametrize(
    ("thing", "kind", "title"),
    [
        (make_track(0, "Song", "Who", 200_000), ItemKind.TRACK, "Song"),
        (LocalFile("Tape", "Me", "Attic", 100_000), ItemKind.LOCAL, None),
        (Episode("e1", "Talk", "A Show", 900_000), ItemKind.EPISODE, None),
        (Advert(), ItemKind.AD, None),
    ],
)
def test_what_plays_on_the_simulator(
    thing: Any, kind: ItemKind, title: str | None, simulator: Simulator, listen: Listen
) -> None:
    simulator.player.play([thing])
    simulator.clock.advance(10)
    state = listen(simulator).player()
    assert state is not None
    assert (state.kind, state.track and state.track.title) == (kind, title)
    assert (state.is_playing, state.position_ms) == (True, 10_000)


def test_the_device_on_the_simulator(simulator: Simulator, listen: Listen) -> None:
    simulator.player.play(simulator.library.tracks)
    simulator.player.use_device(
        SimulatedDevice(id=None, is_restricted=True, is_private_session=True)
    )
    state = listen(simulator).player()
    assert state is not None
    assert state.device == Device("", "Desk", active=True, restricted=True, private_session=True)


def test_an_added_track_comes_and_plays_under_another_id(
    simulator: Simulator, listen: Listen
) -> None:
    first, ours, *_ = simulator.library.tracks
    relinked = replace(ours, id="0" * 22)
    simulator.player.play([first])
    simulator.player.relinks[ours.id] = relinked
    session = listen(simulator)
    wanted = Track(ours.id, ours.uri, ours.name, isrc=ours.isrc)
    assert not session.queue().holds(wanted)
    session.add(ours.uri)
    assert session.queue().holds(wanted)
    simulator.clock.advance(first.duration_ms / 1000 + 1)
    state = session.player()
    assert state is not None
    assert state.track is not None
    assert state.track.id == relinked.id
    assert state.track.is_same(wanted)
    assert simulator.count("POST", "/v1/me/player/queue") == 1


def test_reads_what_played_lately() -> None:
    at = "2026-10-01T12:00:00.123Z"
    items = [
        {"track": {"id": "a"}, "played_at": at},
        {"track": {"id": "b"}, "played_at": "yesterday"},
        {"track": None, "played_at": at},
        None,
        {"track": {"id": "c"}, "played_at": "2026-10-01T11:00:00Z"},
    ]
    found = parse_recently_played({"items": items})
    assert [id_ for id_, _ in found] == ["a", "c"]
    assert parse_recently_played({}) == []

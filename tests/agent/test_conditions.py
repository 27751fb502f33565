from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from companion.agent.conditions import check_player
from companion.agent.outcome import Outcome
from companion.spotify.player import Device, Kind, PlayerState, Repeat, parse_player
from companion.track import Track

DESK = Device("d", "Desk", active=True)
PLAYING = PlayerState(
    is_playing=True,
    kind=Kind.TRACK,
    item=Track("1", "spotify:track:1", "A", duration_ms=200_000),
    progress_ms=20_000,
    device=DESK,
    repeat=Repeat.OFF,
    shuffle=False,
    context="",
    disallows=frozenset(),
)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"repeat": Repeat.CONTEXT},
        {"shuffle": True},
        {"context": "spotify:album:1"},
        {"progress_ms": None},
        {"item": None},
        {"device": Device()},
        {"disallows": frozenset({"pausing", "skipping_next"})},
    ],
    ids=str,
)
def test_nothing_speaks_against_a_track_that_plays(change: dict[str, Any]) -> None:
    assert check_player(replace(PLAYING, **change)) is None


@pytest.mark.parametrize(
    ("change", "outcome", "why"),
    [
        ({"device": replace(DESK, private_session=True)}, Outcome.PRIVATE_SESSION, "private"),
        ({"device": replace(DESK, restricted=True)}, Outcome.RESTRICTED, "Desk takes no commands"),
        ({"device": Device(restricted=True)}, Outcome.RESTRICTED, "the device takes no commands"),
        ({"is_playing": False}, Outcome.NOT_PLAYING, "paused"),
        ({"kind": Kind.AD, "item": None}, Outcome.NOT_PLAYING, "(ad)"),
        ({"kind": Kind.EPISODE}, Outcome.NOT_PLAYING, "(episode)"),
        ({"kind": Kind.LOCAL}, Outcome.NOT_PLAYING, "(local)"),
        ({"kind": Kind.UNKNOWN, "item": None}, Outcome.NOT_PLAYING, "(unknown)"),
        ({"repeat": Repeat.TRACK}, Outcome.NOT_PLAYING, "on repeat"),
    ],
    ids=str,
)
def test_what_speaks_against_a_visit(change: dict[str, Any], outcome: Outcome, why: str) -> None:
    obstacle = check_player(replace(PLAYING, **change))
    assert obstacle is not None
    assert obstacle[0] is outcome
    assert why in obstacle[1]


def test_a_private_session_is_named_before_all_else() -> None:
    device = Device(private_session=True, restricted=True)
    worst = replace(PLAYING, device=device, is_playing=False, kind=Kind.AD, repeat=Repeat.TRACK)
    obstacle = check_player(worst)
    assert obstacle is not None
    assert obstacle[0] is Outcome.PRIVATE_SESSION


def test_no_player_is_no_device() -> None:
    assert check_player(None) == (Outcome.NO_DEVICE, "Spotify is open on no device")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (None, Outcome.NO_DEVICE),
        ({}, Outcome.NOT_PLAYING),
        ({"is_playing": "yes", "item": [], "device": 7}, Outcome.NOT_PLAYING),
        ({"is_playing": True, "item": None, "device": None}, Outcome.NOT_PLAYING),
        ({"is_playing": True, "currently_playing_type": "jingle"}, Outcome.NOT_PLAYING),
        ({"device": {"is_restricted": True, "name": None}}, Outcome.RESTRICTED),
    ],
    ids=str,
)
def test_an_absurd_answer_of_spotify_opens_no_camera(
    answer: dict[str, Any] | None, outcome: Outcome
) -> None:
    obstacle = check_player(parse_player(answer))
    assert obstacle is not None
    assert obstacle[0] is outcome

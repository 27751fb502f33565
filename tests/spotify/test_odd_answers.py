"""One absurd value in an answer costs one item at most, never the answer or the run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from companion.errors import SpotifyUnreachable
from companion.spotify.client import SpotifySession
from tests.spotify.fakes import Reply, ScriptedServer

GOOD = {"id": "good", "uri": "spotify:track:good", "name": "Good", "duration_ms": 180_000}
MARK = '"ODD"'


def page(**odd: Any) -> str:
    """A page of saved tracks of which the second is odd."""
    rows = [{"track": GOOD}, {"track": GOOD | {"id": "odd", "uri": "spotify:track:odd"} | odd}]
    return json.dumps({"items": rows, "total": 2, "next": None})


ODD_VALUES = [
    "1" * 5000,
    "-1",
    "1e400",
    str(2**70),
    "204053.5",
    '"long"',
    "[1]",
    "[" * 500 + "]" * 500,
    "{}",
    "null",
    "true",
    '"\\ud800"',
    '"\\u001b[2J"',
]


@pytest.mark.parametrize("value", ODD_VALUES)
@pytest.mark.parametrize("key", ["duration_ms", "name", "album", "artists", "external_ids", "id"])
def test_a_track_with_an_odd_value_costs_no_other(
    scripted: ScriptedServer, session: SpotifySession, key: str, value: str
) -> None:
    scripted.script("/v1/me/tracks", Reply(200, page(**{key: "ODD"}).replace(MARK, value)))
    [found] = session.saved_tracks()
    assert found.tracks[0].title == "Good"
    for track in found.tracks:
        assert 0 <= track.duration_ms < 2**31
        assert track.title.isprintable()


@pytest.mark.parametrize(
    ("value", "duration"), [("204053.0", 204_053), ("204053", 204_053), (str(2**70), 0)]
)
def test_a_duration_is_read_however_it_is_written(
    scripted: ScriptedServer, session: SpotifySession, value: str, duration: int
) -> None:
    answer = page(duration_ms="ODD").replace(MARK, value)
    scripted.script("/v1/me/tracks", Reply(200, answer))
    [found] = session.saved_tracks()
    assert found.tracks[1].duration_ms == duration


@pytest.mark.parametrize("added", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "soon"])
def test_a_track_saved_at_an_impossible_time_is_kept_without_it(
    scripted: ScriptedServer, session: SpotifySession, added: str
) -> None:
    answer = {"items": [{"added_at": added, "track": GOOD}], "total": 1, "next": None}
    scripted.script("/v1/me/tracks", Reply(200, answer))
    [found] = session.saved_tracks()
    assert [(track.id, track.added_at) for track in found.tracks] == [("good", None)]


@pytest.mark.parametrize("value", [str(2**70), "1" * 5000, "1e400", "-7", "204053.0"])
def test_a_player_with_an_odd_progress_is_read(
    scripted: ScriptedServer, session: SpotifySession, value: str
) -> None:
    answer = json.dumps({"is_playing": True, "item": GOOD, "progress_ms": "ODD"})
    scripted.script("/v1/me/player", Reply(200, answer.replace(MARK, value)))
    state = session.player()
    assert state is not None
    assert state.position_ms == (204_053 if value == "204053.0" else None)


def test_an_answer_nested_without_end_is_no_answer(
    scripted: ScriptedServer, session: SpotifySession
) -> None:
    scripted.script("/v1/me/player", Reply(200, "[" * 100_000))
    with pytest.raises(SpotifyUnreachable):
        session.player()

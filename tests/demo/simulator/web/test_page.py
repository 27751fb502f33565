from __future__ import annotations

from dataclasses import replace

import requests

from companion.demo.simulator.library import make_tracks
from companion.demo.simulator.server import Simulator
from tests.demo.simulator.conftest import TIMEOUT_S


def page(sim: Simulator) -> str:
    return requests.get(sim.url, timeout=TIMEOUT_S).text


def press(sim: Simulator, button: str) -> requests.Response:
    return requests.post(f"{sim.url}/listener/{button}", timeout=TIMEOUT_S)


def test_it_shows_what_plays_what_is_queued_and_what_was_asked(sim: Simulator) -> None:
    assert "Nothing plays." in page(sim)
    first, second = sim.library.tracks[:2]
    sim.player.play([first])
    sim.clock.advance(61)
    sim.player.add(second)
    requests.get(f"{sim.url}/v1/me/player?limit=7&code=secret", timeout=TIMEOUT_S)
    text = page(sim)
    assert f"Plays: {first.artists[0].name} - {first.name}, 61 of 150 s, on Desk." in text
    assert f"<li>{second.artists[0].name} - {second.name}</li>" in text
    assert "<td>/v1/me/player</td><td>limit=7</td><td>401</td>" in text
    assert "secret" not in text


def test_nothing_on_it_is_markup_of_somebody_elses(sim: Simulator) -> None:
    nasty = replace(make_tracks(1)[0], name="<script>alert(1)</script>")
    sim.player.play([nasty])
    sim.player.add(nasty)
    requests.get(f"{sim.url}/<img src=x>?q=<b>", timeout=TIMEOUT_S)
    text = page(sim)
    assert "<script>" not in text
    assert "<img" not in text
    assert "<b>" not in text
    assert text.count("&lt;script&gt;") == 2


def test_its_buttons_are_the_listeners(sim: Simulator) -> None:
    assert "Plays: " in press(sim, "play").text
    assert "Paused: " in press(sim, "pause").text
    assert "Plays: " in press(sim, "play").text
    press(sim, "next")
    state = sim.player.now()
    assert state is not None
    assert state.item == sim.library.tracks[1]


def test_an_unknown_button_does_nothing(sim: Simulator) -> None:
    assert press(sim, "explode").status_code == 200
    assert sim.player.now() is None

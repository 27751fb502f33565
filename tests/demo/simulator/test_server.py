from __future__ import annotations

import doctest
import time
from urllib.parse import urlsplit

import pytest
import requests

import companion.demo.simulator
from companion.demo.simulator.library import library
from companion.demo.simulator.server import Simulator, serve
from companion.errors import UsageError
from tests.demo.simulator.conftest import TIMEOUT_S


def test_the_example_in_the_docstring_is_true() -> None:
    result = doctest.testmod(companion.demo.simulator)
    assert (result.attempted > 0, result.failed) == (True, 0)


def test_it_listens_on_loopback_only_while_it_is_open() -> None:
    with Simulator(library(1)) as sim:
        assert urlsplit(sim.url).hostname == "127.0.0.1"
        assert requests.get(sim.url, timeout=TIMEOUT_S).status_code == 200
    with pytest.raises(requests.ConnectionError):
        requests.get(sim.url, timeout=TIMEOUT_S)


def test_two_can_run_side_by_side() -> None:
    with Simulator() as one, Simulator() as other:
        assert one.url != other.url
        requests.get(one.url, timeout=TIMEOUT_S)
        assert (one.count("GET", "/"), other.count("GET", "/")) == (1, 0)


def test_it_stops_at_once() -> None:
    with Simulator() as sim:
        requests.get(sim.url, timeout=TIMEOUT_S)
        begun = time.monotonic()
    assert time.monotonic() - begun < 3


def test_it_stops_even_while_an_answer_is_kept_back() -> None:
    with Simulator() as sim:
        sim.faults.add("token_slow")
        with pytest.raises(requests.Timeout):
            requests.post(f"{sim.url}/api/token", timeout=0.2)
        begun = time.monotonic()
    assert time.monotonic() - begun < 3


def test_an_error_inside_passes_through() -> None:
    with pytest.raises(KeyError), Simulator() as sim:
        raise KeyError
    with pytest.raises(requests.ConnectionError):
        requests.get(sim.url, timeout=TIMEOUT_S)


def test_served_alone_it_plays_in_real_time_and_errs_as_told() -> None:
    with serve(3, faults=["clip_unknown"]) as url:
        assert "Plays: " in requests.get(url, timeout=TIMEOUT_S).text
        clip = f"{url}/deezer/track/isrc:{library(1).tracks[0].isrc}"
        assert requests.get(clip, timeout=TIMEOUT_S).json()["error"]["code"] == 800
        assert "preview" in requests.get(clip, timeout=TIMEOUT_S).json()


def test_an_empty_library_can_be_served() -> None:
    with serve(0) as url:
        assert "Nothing plays." in requests.get(url, timeout=TIMEOUT_S).text


def test_a_taken_port_is_one_sentence() -> None:
    with Simulator() as sim:
        port = urlsplit(sim.url).port or 0
        with pytest.raises(UsageError, match=f"port {port} is taken"), serve(1, port):
            pass


def test_an_unknown_fault_is_refused_before_it_starts() -> None:
    with pytest.raises(UsageError, match="gremlins"), serve(1, faults=["gremlins"]):
        pass


def test_twenty_thousand_tracks_are_paged_quickly() -> None:
    with Simulator(library(20_000)) as sim:
        head = {"Authorization": f"Bearer {sim.accounts.sign_in().access}"}
        begun = time.monotonic()
        url = f"{sim.url}/v1/me/tracks?limit=50&offset=19990"
        page = requests.get(url, headers=head, timeout=TIMEOUT_S).json()
        assert time.monotonic() - begun < 1
    assert (page["total"], len(page["items"]), page["next"]) == (20_000, 10, None)

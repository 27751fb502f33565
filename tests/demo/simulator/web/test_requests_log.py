from __future__ import annotations

import pytest
import requests

from companion.demo.simulator.server import Simulator
from companion.demo.simulator.web.requests_log import RequestLog
from tests.demo.simulator.conftest import Browser, Call


def test_it_counts_a_path_whatever_its_query() -> None:
    log = RequestLog()
    log.add(0, "GET", "/a", [("limit", "1")])
    log.add(0, "GET", "/a", [("limit", "2")])
    log.add(0, "POST", "/a", [])
    assert (log.count("GET", "/a"), log.count("POST", "/a"), log.count("GET", "/")) == (2, 1, 0)
    assert [request.query for request in log] == [(("limit", "1"),), (("limit", "2"),), ()]
    log.clear()
    assert len(log) == 0


def test_no_token_no_code_and_no_verifier_is_kept(sim: Simulator, browser: Browser) -> None:
    code = browser.code()
    tokens = browser.exchange(code).json()
    browser.refresh(tokens["refresh_token"])
    kept = repr(list(sim.requests))
    for secret in (code, browser.verifier, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in kept


def test_what_was_queued_can_be_read_from_it(sim: Simulator, call: Call) -> None:
    sim.player.play(sim.library.tracks)
    sim.clock.advance(7)
    uri = sim.library.tracks[3].uri
    call("POST", "/me/player/queue", uri=uri)
    last = sim.requests[-1]
    assert (last.method, last.query, last.status) == ("POST", (("uri", uri),), 204)
    assert last.at == sim.clock.now()


def test_a_request_counts_before_it_is_answered(sim: Simulator) -> None:
    sim.faults.add("token_slow")
    with pytest.raises(requests.Timeout):
        requests.post(f"{sim.url}/api/token", timeout=0.2)
    assert sim.count("POST", "/api/token") == 1
    assert sim.requests[-1].status == 0

from __future__ import annotations

import pytest
import requests

from companion.demo.simulator.faults import FAULTS
from companion.demo.simulator.server import Simulator, serve
from tests.demo.simulator.conftest import TIMEOUT_S, Call


def post(sim: Simulator, path: str, **form: str) -> requests.Response:
    return requests.post(sim.url + path, data=form, timeout=TIMEOUT_S, allow_redirects=False)


def test_the_log_is_told_without_secrets(sim: Simulator, call: Call) -> None:
    call("GET", "/me/tracks", limit=3, secret="word")  # noqa: S106 - to be looked for
    answer = requests.get(f"{sim.url}/requests", timeout=TIMEOUT_S)
    first, itself = answer.json()
    assert itself["path"] == "/requests"
    assert first == {
        "at": sim.clock.now(),
        "method": "GET",
        "path": "/v1/me/tracks",
        "query": [["limit", "3"]],
        "status": 200,
    }
    assert "word" not in answer.text


def test_time_passes_at_once(sim: Simulator) -> None:
    before = sim.clock.now()
    assert post(sim, "/clock", seconds="3600").status_code == 303
    assert sim.clock.now() == before + 3600


@pytest.mark.parametrize("seconds", ["", "-1", "nan", "soon"])
def test_an_absurd_time_is_refused(sim: Simulator, seconds: str) -> None:
    before = sim.clock.now()
    assert post(sim, "/clock", seconds=seconds).status_code == 400
    assert sim.clock.now() == before


def test_a_fault_is_switched_on_and_off(sim: Simulator, call: Call) -> None:
    assert post(sim, "/faults", fault="server_error:1:2").status_code == 303
    statuses = [call("GET", "/me").status_code for _ in range(4)]
    assert statuses == [200, 503, 503, 200]
    post(sim, "/faults", fault="server_error:0:0")
    assert sim.faults.names() == ["server_error"]
    assert requests.delete(f"{sim.url}/faults", timeout=TIMEOUT_S).status_code == 204
    assert call("GET", "/me").status_code == 200


@pytest.mark.parametrize("step", ["", "gremlins", "quota:", "quota:x", "quota:1:2:3", "quota:-1"])
def test_an_absurd_step_is_refused(sim: Simulator, step: str) -> None:
    assert post(sim, "/faults", fault=step).status_code == 400
    assert sim.faults.waiting() == 0


def test_a_request_can_name_its_own_fault(sim: Simulator) -> None:
    head = {"Authorization": f"Bearer {sim.accounts.sign_in().access}"}

    def ask(fault: str) -> int:
        named = head | {"X-Fault": fault}
        return requests.get(f"{sim.url}/v1/me", headers=named, timeout=TIMEOUT_S).status_code

    assert [ask("quota"), ask(""), ask("queue_502"), ask("gremlins")] == [429, 200, 200, 200]


def test_the_page_offers_every_fault_and_shows_what_waits(sim: Simulator) -> None:
    post(sim, "/faults", fault="quota")
    page = requests.get(sim.url, timeout=TIMEOUT_S).text
    assert all(f"<option>{name}</option>" in page for name in FAULTS)
    assert "To go wrong: quota." in page


def test_the_one_that_runs_alone_can_be_driven_too() -> None:
    with serve(20, faults=["quota:1"]) as url:
        text = requests.get(url, timeout=TIMEOUT_S).text
        requests.post(f"{url}/clock", data={"seconds": "60"}, timeout=TIMEOUT_S)
        later = requests.get(url, timeout=TIMEOUT_S).text
    assert "To go wrong: quota." in text
    assert ("Plays: " in text, ", 0 of " in text) == (True, True)
    assert ", 60 of " in later or ", 61 of " in later

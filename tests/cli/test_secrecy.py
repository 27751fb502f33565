"""No token, code, verifier or state anywhere but in the keyring: whole commands at DEBUG."""

from __future__ import annotations

import json
import subprocess
import webbrowser
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest

from companion.demo.environment import consent
from companion.demo.simulator.accounts import Accounts
from companion.demo.simulator.faults import FAULTS, Answer, Fault
from companion.demo.simulator.library import library
from companion.demo.simulator.server import Simulator
from tests.agent.live import COMPANION, Home, wait_until
from tests.cli.shell import HAPPY, Ended, Run, Stage
from tests.cli.visit.test_once import face  # noqa: F401 - a fixture


@pytest.fixture
def secrets(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """All that is secret in what the simulator's sign-in gives out and is sent."""
    found: set[str] = set()
    accounts = stage.spotify.accounts
    authorize, token = accounts.authorize, accounts.token

    def see_authorize(query: Mapping[str, str]) -> str:
        location = authorize(query)
        answer = parse_qs(urlsplit(location).query)
        found.update(answer.get("code", []) + answer["state"])
        return location

    def see_token(form: Mapping[str, str]) -> dict[str, Any]:
        answer = token(form)
        sent = {form.get(name, "") for name in ("code", "code_verifier", "refresh_token")}
        found.update(sent | {answer["access_token"], answer.get("refresh_token", "")})
        return answer

    monkeypatch.setattr(accounts, "authorize", see_authorize)
    monkeypatch.setattr(accounts, "token", see_token)
    monkeypatch.setenv("COMPANION_LOG_LEVEL", "DEBUG")
    yield found
    assert len(found - {""}) >= 5  # else there was nothing to be found


def files_of(home: Path) -> dict[str, bytes]:
    """Everything in the home: the log, the store with its journal, the settings."""
    return {str(file): file.read_bytes() for file in home.rglob("*") if file.is_file()}


def look_for(secrets: set[str], home: Path, said: list[Ended]) -> None:
    texts = files_of(home) | {
        f"output {number}": (ended.out + ended.err).encode() for number, ended in enumerate(said)
    }
    assert any(name.endswith("companion.log") and text for name, text in texts.items())
    for secret in secrets - {""}:
        holding = [name for name, text in texts.items() if secret.encode() in text]
        assert holding == []


@pytest.mark.slow
def test_from_the_sign_in_to_a_queued_track(
    run: Run,
    stage: Stage,
    secrets: set[str],
    face: Path,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webbrowser, "open", consent)
    stage.spotify.accounts.rotates = True
    said = [run("login", "-v"), run("sync", "-v")]
    stage.tag_all(HAPPY)
    stage.play()
    said.append(run("once", "--source", face, "-v"))
    assert [ended.code for ended in said] == [0, 0, 0]
    assert len(stage.spotify.player.queued()) == 1
    said.append(run("status", "--json"))
    look_for(secrets, stage.home, said)


@pytest.mark.parametrize(
    "fault", ["expired", "quota", "server_error", "text", "invalid_grant", "token_503", "denied"]
)
def test_when_something_goes_wrong(
    run: Run, stage: Stage, secrets: set[str], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", consent)
    said = [run("login", "-v")]
    stage.spotify.faults.add(fault, times=None)
    words = ("login", "-v") if fault == "denied" else ("sync", "-v")
    said.append(run(*words))
    assert [said[0].code, said[1].code > 0] == [0, True]
    look_for(secrets, stage.home, said)


def test_when_spotify_says_the_token_itself(
    run: Run, stage: Stage, secrets: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", consent)
    said = [run("login", "-v")]
    given: list[str] = []
    new_access = Accounts._new_access

    def remember(self: Accounts, consent: Any) -> str:
        token = new_access(self, consent)
        given.append(token)
        answer = Answer(503, f"upstream refused Bearer {token}")
        stage.spotify.faults.add(Fault("GET", "/v1/*", answer), times=None)
        return token

    monkeypatch.setattr(Accounts, "_new_access", remember)
    said.append(run("sync", "-v"))
    assert said[1].code == 37
    assert "upstream refused Bearer ***" in said[1].err
    look_for(secrets | set(given), stage.home, said)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc")
def test_neither_arguments_nor_environment_hold_it(tmp_path: Path) -> None:
    with Simulator(library(3)) as sim:
        home = Home(tmp_path, sim)
        home.sign_in()
        secret = keyring_entry(tmp_path)
        sim.faults.add(replace(FAULTS["slow"], delay_s=2.0))
        with subprocess.Popen(  # noqa: S603 - our own program
            [*COMPANION, "sync"], env=home.environment, stdout=subprocess.PIPE, stderr=-1
        ) as running:
            wait_until(lambda: sim.count("GET", "/v1/me/tracks"))
            family = [psutil.Process(running.pid)]
            family += family[0].children(recursive=True)
            shown = [repr((one.cmdline(), one.environ())) for one in family]
            out, err = running.communicate(timeout=30)
        assert running.returncode == 0
        assert all(secret not in text for text in (*shown, out.decode(), err.decode()))
        assert all(secret.encode() not in text for text in files_of(home.paths.state).values())


def keyring_entry(folder: Path) -> str:
    """The refresh token that the tests' keyring holds."""
    entries = json.loads((folder / "backend.json").read_text("utf-8"))
    token: str = json.loads(entries["companion spotify"])["refresh_token"]
    return token

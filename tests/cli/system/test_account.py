from __future__ import annotations

import webbrowser
from typing import Any

import keyring
import pytest
import typer
from keyring.core import load_keyring

from companion.demo.environment import consent
from companion.spotify.auth.credentials import CredentialStore
from tests.cli.shell import Run, Stage


def test_login_opens_the_page_and_keeps_the_consent(
    run: Run, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", consent)
    ended = run("login")
    assert ended.code == 0
    assert ended.out.startswith("Signed in. Spotify asks again in ")
    assert ended.out.endswith("Next: companion sync\n")
    kept = CredentialStore().load()
    assert kept is not None
    assert kept.refresh_token not in ended.out + ended.err
    files = [file for file in stage.home.rglob("*") if file.is_file()]
    assert all(kept.refresh_token.encode() not in file.read_bytes() for file in files)


def test_login_without_a_browser_prints_the_address(
    run: Run, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    echo = typer.echo

    def echo_and_open(text: str, **options: Any) -> None:
        echo(text, **options)
        if stage.spotify.url in text:
            consent(text.rsplit(maxsplit=1)[-1])

    monkeypatch.setattr(typer, "echo", echo_and_open)
    ended = run("login", "--no-browser")
    assert ended.code == 0
    assert f"{stage.spotify.url}/authorize?" in ended.out
    assert CredentialStore().load() is not None


def test_login_where_no_browser_opens(
    run: Run, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    ended = run("login")
    assert ended.code == 31
    assert ended.err.splitlines()[-1] == "Run `companion login --no-browser`."
    assert len(stage.spotify.requests) == 0


def test_login_without_a_client_id(run: Run) -> None:
    ended = run("login")
    assert ended.code == 4
    assert "spotify.client_id is not set" in ended.err


@pytest.mark.parametrize("words", [("login",), ("logout",), ("sync",), ("once",)])
def test_without_a_keyring(words: tuple[str, ...], run: Run, stage: Stage) -> None:
    stage.play()
    keyring.set_keyring(load_keyring("keyring.backends.fail.Keyring"))
    ended = run(*words)
    assert ended.code == 32
    assert "gnome-keyring" in ended.err


def test_logout_forgets_once(run: Run, signed_in: Stage) -> None:
    assert run("logout").out == "Signed out.\n"
    assert CredentialStore().load() is None
    assert run("logout").out == "You were not signed in.\n"


def test_logout_json(run: Run, signed_in: Stage) -> None:
    assert run("logout", "--json").data == {"forgot": True}
    assert run("logout", "--json").data == {"forgot": False}

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as FailRing
from keyring.backends.null import Keyring as NullRing
from keyring.errors import KeyringLocked

from companion.errors import KeyringMissing, LoginNeeded
from companion.spotify.auth.consent import CONSENT_LIFETIME
from companion.spotify.auth.credentials import SERVICE, USER, CredentialStore
from tests.locations import PROJECT
from tests.spotify.fakes import REFRESH, MemoryKeyring, consent

WINDOWS_LIMIT = 1280  # characters of one entry


class PlainFileRing(MemoryKeyring):
    priority = 0.5  # type: ignore[assignment]  # that of keyrings.alt, which writes plain files


class LockedRing(MemoryKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("Failed to unlock the collection!")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError("the bus is gone")


def test_keeps_and_forgets(backend: MemoryKeyring) -> None:
    credentials = CredentialStore(backend)
    assert credentials.load() is None
    credentials.save(consent())
    assert credentials.load() == consent()
    assert credentials.forget()
    assert credentials.load() is None
    assert not credentials.forget()
    assert backend.entries == {}


def test_keeps_one_entry(backend: MemoryKeyring) -> None:
    CredentialStore(backend).save(consent())
    CredentialStore(backend).save(consent("another"))
    assert len(backend.entries) == 1


@pytest.mark.parametrize("make_ring", [FailRing, NullRing, PlainFileRing])
def test_a_ring_that_keeps_no_secrets_is_none(make_ring: Callable[[], KeyringBackend]) -> None:
    with pytest.raises(KeyringMissing) as caught:
        CredentialStore(make_ring())
    assert all(system in caught.value.remedy for system in ("Linux", "macOS", "Windows"))


def test_a_locked_ring_says_so() -> None:
    credentials = CredentialStore(LockedRing())
    with pytest.raises(KeyringMissing, match="Failed to unlock"):
        credentials.load()
    with pytest.raises(KeyringMissing, match="the bus is gone"):
        credentials.save(consent())
    with pytest.raises(KeyringMissing):
        credentials.forget()


@pytest.mark.parametrize(
    "entry",
    ["", "{", "[]", "null", '"text"', "{}", '{"client_id": "a", "refresh_token": "secret"}',
     '{"client_id":"a","refresh_token":"secret","scope":"","given":"tomorrow"}',
     '{"client_id":"a","refresh_token":"secret","scope":"","given":7}',
     '{"client_id":"a","refresh_token":"secret","scope":"","given":"9999-12-31"}',
     '{"client_id":"a","refresh_token":"secret","scope":"","given":"0001-01-01"}',
     '{"client_id":"a","refresh_token":"secret\\ud800","scope":"","given":"2026-01-01"}',
     "[" * 100_000],
)  # fmt: skip
def test_a_damaged_entry_means_a_new_sign_in(entry: str, backend: MemoryKeyring) -> None:
    backend.entries[SERVICE, USER] = entry
    with pytest.raises(LoginNeeded) as caught:
        CredentialStore(backend).load()
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert CredentialStore(backend).forget()


def test_fits_into_the_keyring_of_windows() -> None:
    backend = MemoryKeyring()
    CredentialStore(backend).save(consent("x" * 900, client_id="c" * 64))
    (entry,) = backend.entries.values()
    assert len(entry) < WINDOWS_LIMIT
    assert set(json.loads(entry)) == {"client_id", "refresh_token", "scope", "given"}


def test_shows_no_token() -> None:
    assert REFRESH not in repr(consent())


@pytest.mark.parametrize(
    ("after", "left"), [(0, 182), (1, 181), (168, 14), (181, 1), (182, 0), (400, 0), (-1, 183)]
)
def test_counts_the_days_of_six_months(after: int, left: int) -> None:
    given = consent().given
    assert consent().days_left(given + timedelta(days=after)) == left
    assert consent().ends == given + CONSENT_LIFETIME == date(2027, 4, 1)


WITH_A_DAEMON = """
printf 'companion\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
exec "$0" -W ignore -c '
from keyring.backends.SecretService import Keyring
from companion.spotify.auth.credentials import CredentialStore
from tests.spotify.fakes import consent
backend = Keyring()
credentials = CredentialStore(backend)
assert credentials.load() is None
credentials.save(consent("first"))
credentials.save(consent("second"))
assert CredentialStore(Keyring()).load() == consent("second")
assert credentials.forget()
assert credentials.load() is None
assert not credentials.forget()
print("kept and forgotten")
'
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="needs the Debian packages dbus and gnome-keyring",
)
def test_with_a_real_secret_service(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    command = ["dbus-run-session", "--", "sh", "-c", WITH_A_DAEMON, sys.executable]
    run = subprocess.run(  # noqa: S603 - the command is the constant above
        command,
        env={**os.environ, **home, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.stdout.strip() == "kept and forgotten", run.stderr


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (15, None),
        (14, "ends in 14 days. Run `companion login`"),
        (1, "ends in 1 day. "),
        (0, "has ended. Run `companion login`"),
        (-400, "has ended"),
    ],
)
def test_the_last_two_weeks_carry_a_warning(days: int, words: str | None) -> None:
    warning = consent().warning(consent().given + CONSENT_LIFETIME - timedelta(days=days))
    assert words in warning if words and warning else warning is words

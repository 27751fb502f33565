from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from companion.demo.environment import MemoryKeyring
from tests.cli.shell import Ended, Run, Stage
from tests.faults.checks import nothing_is_lost, shows
from tests.locations import PROJECT

CASES = ["keyring locked", "keyring gone", "bus gone, keyring"]


class LockedKeyring(MemoryKeyring):
    """As the Secret Service's backend, whose user dismisses the prompt."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("Failed to unlock the collection!")


@pytest.mark.parametrize(
    ("name", "make"), [("keyring locked", LockedKeyring), ("keyring gone", NoKeyring)]
)
def test_a_stand_in(name: str, make: Callable[[], KeyringBackend], ready: Stage, run: Run) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(make())
    shows(name, run("once"))
    assert not ready.spotify.player.queued()
    keyring.set_keyring(before)
    assert "Queued: " in run("once").out
    nothing_is_lost(ready)


DAEMON = "printf 'companion\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null\n"
KEEP = """\
"$0" -W ignore -c '
import os
from datetime import date
from keyring.backends.SecretService import Keyring
from companion.spotify.auth.credentials import SCOPES, Consent, CredentialStore
client, refresh = os.environ["COMPANION_SPOTIFY_CLIENT_ID"], os.environ["REFRESH"]
CredentialStore(Keyring()).save(Consent(client, refresh, " ".join(SCOPES), date.today()))
'
"""
LOCK = """\
"$0" -W ignore -c '
from contextlib import closing
import secretstorage
with closing(secretstorage.dbus_init()) as bus:
    secretstorage.get_default_collection(bus).lock()
'
"""
NOWHERE = "unix:path=/nowhere"
ONCE = 'timeout 60 "$0" -W ignore -m companion once\n'


@pytest.mark.slow
@pytest.mark.skipif(
    not all(map(shutil.which, ("dbus-run-session", "gnome-keyring-daemon"))),
    reason="needs the Debian packages dbus and gnome-keyring",
)
@pytest.mark.parametrize(
    ("name", "between"),
    [
        (None, ""),
        ("keyring locked", LOCK),
        ("bus gone, keyring", f"export DBUS_SESSION_BUS_ADDRESS={NOWHERE}\n"),
    ],
)
def test_a_real_one(name: str | None, between: str, ready: Stage, tmp_path: Path) -> None:
    tokens = ready.spotify.accounts.sign_in(client_id=os.environ["COMPANION_SPOTIFY_CLIENT_ID"])
    folder = tmp_path / "desktop"
    folder.mkdir()
    variables = ("HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")
    done = subprocess.run(  # noqa: S603 - the script is of the constants above
        ["dbus-run-session", "--", "sh", "-c", DAEMON + KEEP + between + ONCE, sys.executable],  # noqa: S607
        env={
            **os.environ,
            **dict.fromkeys(variables, str(folder)),
            "REFRESH": tokens.refresh,
            "PYTHONPATH": str(PROJECT),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    others, companion, said = done.stderr.partition("companion: ")  # the bus speaks there too
    ended = Ended(done.returncode, done.stdout, companion + said or others)
    if name is None:
        assert "Queued: " in ended.out, ended
    else:
        shows(name, ended)
        assert not ready.spotify.player.queued()
    nothing_is_lost(ready)

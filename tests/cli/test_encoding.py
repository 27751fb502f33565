from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from companion.affect import Affect
from companion.cli.encoding import can_write, write_any_character
from companion.store.database import open_database
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, save_tag
from companion.track import Track
from tests.cli.shell import tag_at

TITLE = "Ünïcode — दिल ★ 夜"
COMMANDS = [
    "library",
    *(
        pytest.param(words, marks=pytest.mark.slow)
        for words in ("doctor", "queue --dry-run", "status", "history", "library --json")
    ),
]
ENVIRONMENTS = [
    {"PYTHONIOENCODING": "cp1252"},
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]


@pytest.fixture
def library_in_store(home: Path) -> Path:
    """A store with one tagged track, whose title no narrow encoding can write."""
    database = home / "state" / "companion.db"
    database.parent.mkdir(parents=True)
    now = datetime.now(UTC)
    with open_database(database) as db:
        save_tracks(db, [Track("a", "spotify:track:a", TITLE, (TITLE,))], now)
        save_tag(db, "a", tag_at(Affect(0.8, 0.5)), Origin("deezer", "1", 1.0), now)
    return home


def run_command(words: str, environ: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - the project's own command
        [sys.executable, "-m", "companion", *words.split()],
        env=os.environ | environ,
        capture_output=True,
        check=False,
    )


@pytest.mark.usefixtures("library_in_store")
@pytest.mark.parametrize("words", COMMANDS)
def test_no_command_fails_for_a_character_that_cannot_be_shown(words: str) -> None:
    wanted = run_command(words, {"PYTHONIOENCODING": "utf-8"})
    for environ in ENVIRONMENTS:
        ended = run_command(words, environ)
        assert ended.returncode == wanted.returncode, ended.stderr
        assert bool(ended.stdout) is bool(wanted.stdout)
        assert b"Unexpected" not in ended.stderr
        if words.endswith("--json"):
            assert json.loads(ended.stdout) == json.loads(wanted.stdout)


@pytest.mark.parametrize(
    ("encoding", "text", "shown"),
    [
        ("utf-8", TITLE, TITLE),
        ("utf-8", "half \ud83d", "half ?"),
        ("cp1252", "Ü — 夜", "Ü — ?"),
        ("ascii", "Ü — 夜…", "U - ?..."),
        ("ascii", "██▌ ▁▄█ ·", "### _~# ."),
    ],
)
def test_a_similar_character_stands_for_one_that_cannot_be_written(
    encoding: str, text: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    assert can_write("plain")
    assert can_write(text) is (shown == text)
    write_any_character()
    stream.write(text)
    stream.flush()
    assert written.getvalue() == shown.encode(encoding)

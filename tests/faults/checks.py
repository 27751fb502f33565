"""Checks against a row of the table, and checks that hold after every fault."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.agent.simulated import Life
from tests.cli.shell import SAVED, Ended, Stage
from tests.faults.table import FAULTS

ADD = ("POST", "/v1/me/player/queue")


def shows(name: str, ended: Ended) -> None:
    """The command ended as the row says: its sentence, its code, and no traceback."""
    row = FAULTS[name]
    said = " ".join((ended.out + ended.err).split())
    assert ended.code == row.code, said
    for part in row.shown.split("|"):
        assert part in said
    assert "Traceback" not in said
    assert "Unexpected" not in said
    if row.code not in (0, 1):
        problem, remedy = ended.err.strip().splitlines()[-2:]
        assert re.fullmatch(r"companion: .+\.", problem)
        assert remedy.endswith((".", "`"))


def nothing_is_lost(stage: Stage) -> None:
    """The library, its tags, the sign-in; and no track is in the queue twice."""
    assert stage.rows("tracks") == stage.rows("tags") == SAVED
    uris = [track.uri for track in stage.spotify.player.queued()]
    assert len(uris) == len(set(uris))
    is_whole(stage.database)


def is_whole(database: Path) -> None:
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def troubles(life: Life) -> str:
    """Return the agent's troubles as `companion status` shows them."""
    return " ".join(life.agent.report()["troubles"].values())


def queued_once(life: Life) -> None:
    """Each request that the agent made for a track has its entry in the store."""
    with closing(sqlite3.connect(life.paths.database)) as db:
        entries = db.execute("SELECT count(*) FROM queue_entries").fetchone()[0]
    assert life.sim.count(*ADD) <= entries
    is_whole(life.paths.database)

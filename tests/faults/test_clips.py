from __future__ import annotations

from collections.abc import Iterator

import pytest

from companion.agent.models import worker
from companion.cli.library import tag as tag_module
from companion.music.clips import deezer
from tests.cli.shell import SAVED, Run, Stage
from tests.faults.checks import is_whole, shows
from tests.faults.faulty_host import FaultyHost, Spoil, in_front_of

SPOILS = {
    "clip drip": Spoil("GET", "/clips/", "drip", times=1),
    "clip rubbish": Spoil("GET", "/deezer/", "rubbish", times=1),
    "clip reset": Spoil("GET", "/deezer/", "reset"),
}
CASES = list(SPOILS)
DEADLINE_SECONDS = 25.0  # the simulator composes its clips when they are asked for


@pytest.fixture
def host(signed_in: Stage, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyHost]:
    monkeypatch.setattr(worker, "open_workers", lambda *_: tag_module._own_tagger())
    monkeypatch.setattr(deezer, "DEADLINE_S", DEADLINE_SECONDS)
    monkeypatch.setenv("COMPANION_CLIPS_PROVIDERS", "deezer")
    assert run("sync").code == 0
    with in_front_of(signed_in.spotify.url) as host:
        monkeypatch.setenv("COMPANION_CLIPS_DEEZER_URL", f"{host.url}/deezer")
        yield host


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_clip_host_that_goes_wrong(
    name: str, host: FaultyHost, signed_in: Stage, run: Run
) -> None:
    host.spoil = SPOILS[name]
    shows(name, run("tag"))
    assert signed_in.rows("tags") == (0 if name == "clip reset" else SAVED - 1)
    assert signed_in.rows("tracks") == SAVED
    host.spoil = None
    assert run("tag", "--again").code == 0  # what has failed is due too
    assert signed_in.rows("tags") == SAVED
    is_whole(signed_in.database)

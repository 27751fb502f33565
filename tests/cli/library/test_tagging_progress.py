from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from companion.cli.library.tagging_progress import describe_progress
from tests.cli.shell import HAPPY, Run, Stage

SOON = (datetime.now().astimezone() + timedelta(days=2)).replace(hour=9, minute=5)
PLANNED = {"left": 40, "done_at": SOON.isoformat(), "resting": ""}


def agent(**tagging: object) -> dict[str, Any]:
    return {"tagging": {**PLANNED, **tagging}}


@pytest.mark.parametrize(
    ("untried", "report", "chosen", "words"),
    [
        (0, agent(), True, ""),
        (1, None, False, "1 track left to tag, once a source of clips is chosen"),
        (40, None, True, "40 tracks left to tag, by the agent when it runs, or now with"),
        (40, agent(), True, f"40 tracks left to tag, done by about {SOON:%d %B} 09:05"),
        (40, agent(done_at=None), True, "how long it will take is not known yet"),
        (40, agent(done_at=None, resting="on battery"), True, "by the agent; on hold: on battery"),
        (40, agent(resting="the machine is busy"), True, "09:05; on hold: the machine is busy"),
        (40, {"pid": 1}, True, "how long it will take is not known yet"),  # of an older version
    ],
)
def test_the_words(untried: int, report: dict[str, Any] | None, chosen: bool, words: str) -> None:
    said = describe_progress(untried, report, chosen=chosen)
    assert words in said
    assert bool(said) == bool(words)


def test_library_and_status_say_it(run: Run, signed_in: Stage) -> None:
    assert run("sync").code == 0
    assert "4 tracks left to tag" in run("library").out
    assert "0 of 4 tracks tagged; 4 tracks left to tag" in run("status").out


def test_once_says_it_beside_its_pick(run: Run, signed_in: Stage) -> None:
    signed_in.tag_all(HAPPY)
    run("mood", "happy")
    signed_in.play()
    assert "left to tag" not in run("once").err

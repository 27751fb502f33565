from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from companion.cli.camera import parse_source
from companion.cli.home import open_home
from companion.errors import CameraDenied, CameraMissing, SourceUnreadable
from companion.store.history.visits import CameraUse, count_camera_uses, save_camera_use
from tests.cli.shell import Run


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (None, 0),
        ("0", 0),
        ("63", 63),
        ("-1", Path("-1")),
        ("1.mp4", Path("1.mp4")),
        ("\u0663", Path("\u0663")),
    ],
)
def test_a_number_is_a_camera_and_all_else_a_file(text: str | None, source: int | Path) -> None:
    assert parse_source(text, open_home()) == source


@pytest.mark.parametrize("text", ["64", "2147483648", "9" * 400, "9" * 5000])
def test_a_number_beyond_all_cameras_is_refused(text: str) -> None:
    with pytest.raises(
        CameraMissing, match=r"^There is no camera \d{1,9}; the highest number is 63\.$"
    ):
        parse_source(text, open_home())


@pytest.mark.parametrize("words", [("look",), ("calibrate",)])
def test_a_look_that_is_no_visit_keeps_to_the_limits(run: Run, words: tuple[str, ...]) -> None:
    home, now = open_home(), datetime.now(UTC)
    with home.store() as db:
        for minutes in range(home.config.agent.most_an_hour):
            save_camera_use(db, CameraUse(now - timedelta(minutes=minutes), "look"))
    ended = run(*words)
    assert ended.code == CameraDenied.exit_code
    assert ended.err == (
        "companion: The camera was opened as often as your settings allow: 6 looks an hour.\n"
        "Wait, or raise agent.most_an_hour or agent.most_a_day with `companion config set`.\n"
    )
    with home.store() as db:
        assert count_camera_uses(db, now - timedelta(hours=1), datetime.now(UTC)) == 6
    assert run(*words, "--source", "63").code == CameraDenied.exit_code
    assert run(*words, "--source", "no.mp4").code == SourceUnreadable.exit_code  # a file is free

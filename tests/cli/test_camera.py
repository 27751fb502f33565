from __future__ import annotations

from pathlib import Path

import pytest

from companion.cli.camera import parse_source
from companion.cli.home import open_home
from companion.errors import CameraMissing


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

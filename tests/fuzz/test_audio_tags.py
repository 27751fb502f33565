from __future__ import annotations

import contextlib
import math
import time
from pathlib import Path

import pytest

from companion.errors import ClipDamaged
from companion.music.clips.audio_tags import read_audio_tags
from companion.music.clips.provider import LONGEST_TRACK_SECONDS
from companion.music.decode import measure_seconds
from tests.fuzz.audio_files import damaged_files

COUNT = 10_000
DECODED = 1_500  # of a smaller number the sound is read too
LONGEST_READ_SECONDS = 20.0  # a reader that takes so long for a small file never ends


def check(folder: Path, seed: int, count: int) -> int:
    """Read the tags of so many files, damaged or not; returns how many have a title."""
    titled = 0
    for suffix, content in damaged_files(seed, count):
        path = folder / f"a.{suffix}"
        path.write_bytes(content)
        start = time.monotonic()
        tags = read_audio_tags(path)
        assert time.monotonic() - start < LONGEST_READ_SECONDS
        assert math.isfinite(tags.duration_s)
        assert 0 <= tags.duration_s <= LONGEST_TRACK_SECONDS
        for text in (tags.title, *tags.artists):
            text.encode()
            assert "\n" not in text
        titled += bool(tags.title)
    return titled


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_any_file_has_tags_or_none(tmp_path: Path) -> None:
    titled = check(tmp_path, seed=14, count=COUNT)
    assert COUNT / 10 < titled < COUNT  # the damage reaches the tags, and not always


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_any_file_has_a_length_or_is_damaged(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    measured = 0
    for suffix, content in damaged_files(seed=15, count=DECODED):
        path = tmp_path / f"a.{suffix}"
        path.write_bytes(content)
        with contextlib.suppress(ClipDamaged):
            measured += measure_seconds(path) > 0
    assert DECODED / 10 < measured < DECODED
    assert capfd.readouterr().err == ""

from __future__ import annotations

from dataclasses import fields
from datetime import time

import pytest

from companion.config.schema import SECTIONS, did_you_mean, parse_hours

SETTINGS = [(name, part) for name, section in SECTIONS.items() for part in fields(section)]


def test_each_setting_says_what_it_means() -> None:
    for name, part in SETTINGS:
        assert part.metadata["help"].endswith("."), f"{name}.{part.name}"
    assert all(section.__doc__ for section in SECTIONS.values())


@pytest.mark.parametrize(
    ("between", "hours"),
    [
        ("22:00-06:00", (time(22), time(6))),
        ("00:00-23:59", (time(0), time(23, 59))),
        ("07:30-07:30", (time(7, 30), time(7, 30))),
    ],
)
def test_hours(between: str, hours: tuple[time, time]) -> None:
    assert parse_hours(between) == hours


@pytest.mark.parametrize(
    ("word", "words", "hint"),
    [
        ("indx", ["index", "seconds"], "; did you mean index?"),
        ("INDEX", ["index"], "; did you mean index?"),
        ("camera", ["[camera]", "[clips]"], "; did you mean [camera]?"),
        ("idnex", ["camera.index"], "; did you mean camera.index?"),
        ("zzz", ["index"], ""),
        ("", ["index"], ""),
        ("index", [], ""),
    ],
)
def test_what_may_have_been_meant(word: str, words: list[str], hint: str) -> None:
    assert did_you_mean(word, words) == hint

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

import pytest

from companion.doctor.check import Check, Finding, Level, Subject, fail, ok, warn
from companion.doctor.examine import CHECKERS, examine, worst
from companion.errors import ModelError
from companion.paths import Paths
from tests.doctor.conftest import NOW


def breaks(_: Subject) -> NoReturn:
    raise ZeroDivisionError("by zero")


def refuses(_: Subject) -> NoReturn:
    raise ModelError("It is damaged.")


def test_every_check_is_made_even_after_one_that_breaks(paths: Paths) -> None:
    checkers = {
        "one": lambda _: ok("well"),
        "two": breaks,
        "three": refuses,
        "four": lambda _: warn("hm", "Look."),
    }
    assert examine(paths, NOW, checkers=checkers) == [
        Check("one", Level.OK, "well", ""),
        Check(
            "two",
            Level.FAIL,
            "this check broke: ZeroDivisionError: by zero",
            "Please report it as a bug.",
        ),
        Check("three", Level.FAIL, "It is damaged.", ModelError.remedy),
        Check("four", Level.WARN, "hm", "Look."),
    ]


def test_what_is_found_may_be_shown_to_others(paths: Paths) -> None:
    home = Path.home()
    found = fail(f"{home}/a refresh_token=abcdefgh", f"Look at {home}.")
    (check,) = examine(paths, NOW, checkers={"one": lambda _: found})
    assert check.finding == "~/a refresh_token=***"
    assert check.remedy == "Look at ~."


def test_broken_settings_leave_the_other_checks_the_defaults(paths: Paths) -> None:
    paths.config.write_text("[camera]\nindex = 99\n")
    seen: list[Subject] = []

    def checker(subject: Subject) -> Finding:
        seen.append(subject)
        return ok("")

    examine(paths, NOW, camera_use=nullcontext, checkers={"one": checker})
    assert seen[0].config.camera.index == 0
    assert (seen[0].now, seen[0].paths, seen[0].camera_use) == (NOW, paths, nullcontext)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([], Level.OK),
        ([Level.OK, Level.OK], Level.OK),
        ([Level.OK, Level.WARN, Level.OK], Level.WARN),
        ([Level.WARN, Level.FAIL, Level.OK], Level.FAIL),
    ],
)
def test_worst(levels: list[Level], expected: Level) -> None:
    assert worst(Check("", level, "", "") for level in levels) is expected


def test_all_checks_on_an_empty_home(paths: Paths, tmp_path: Path) -> None:
    checks = examine(paths, NOW)
    assert [check.name for check in checks] == list(CHECKERS)
    assert not [check for check in checks if "broke" in check.finding]
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_well_has_a_remedy(paths: Paths) -> None:
    for check in examine(paths, NOW):
        assert bool(check.remedy) == (check.level is not Level.OK)

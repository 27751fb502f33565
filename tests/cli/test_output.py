from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.cli.output import (
    BAR_WIDTH,
    WIDEST,
    bar,
    console,
    pace,
    print_error,
    print_json,
    progress,
    sparkline,
)
from companion.errors import UsageError


@pytest.mark.parametrize(
    ("share", "width", "drawn"),
    [
        (0, 4, ""),
        (1, 4, "████"),
        (0.5, 4, "██"),
        (0.125, 1, "▏"),
        (0.25, 1, "▎"),
        (0.875, 1, "▉"),
        (0.001, 4, ""),
        (0.999, 4, "████"),
        (1, 0, ""),
    ],
)
def test_bar(share: float, width: int, drawn: str) -> None:
    assert bar(share, width) == drawn


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_bar_grows_with_its_share(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert len(bar(low)) <= len(bar(high)) <= BAR_WIDTH
    assert abs(len(bar(low)) - low * BAR_WIDTH) <= 1


def test_json_is_for_programs_and_keeps_letters(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"title": "Für Élise [live]", "none": None})
    out, err = capsys.readouterr()
    assert json.loads(out) == {"title": "Für Élise [live]", "none": None}
    assert "Für Élise" in out
    assert err == ""


def test_an_error_is_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(UsageError("Wrong.", "Do it right."))
    assert capsys.readouterr() == ("", "companion: Wrong.\nDo it right.\n")


@pytest.mark.parametrize(("columns", "width"), [("40", 40), ("100", 100), ("300", WIDEST)])
def test_no_line_is_wider(columns: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert console().width == width


def test_the_console_prints_what_it_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    console().print("[live] :smile: [/]")
    assert capsys.readouterr().out == "[live] :smile: [/]\n"


def test_progress_is_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Moods") as report:
        report(0, 3)
        report(3, 3)
    out, err = capsys.readouterr()
    assert out == ""
    assert "Moods" in err
    assert "3/3" in err


@pytest.mark.parametrize(
    ("done", "total", "seconds", "words"),
    [
        (0, 10, 5.0, ""),
        (0, None, None, ""),
        (5, 10, 0.0, ""),
        (5, 10, 10.0, "0.5/s, 0:00:10 left"),
        (10, 10, 4.0, "2.5/s"),
        (3, None, 2.0, "1.5/s"),
        (100, 10_000, 100.0, "1.0/s, 2:45:00 left"),
    ],
)
def test_the_pace(done: int, total: int | None, seconds: float | None, words: str) -> None:
    assert pace(done, total, seconds) == words


@pytest.mark.parametrize(
    ("values", "width", "line"),
    [
        ([], 10, ""),
        ([0.0], 10, "▁"),
        ([0, 0.5, 1], 10, "▁▅█"),
        ([None, 1, None], 10, "·█·"),
        ([0, 1, 1, 1], 2, "▅█"),
        ([None, None, 1, 1], 2, "·█"),
        ([-5, 5], 10, "▁█"),
        ([0.5] * 1000, 60, "▅" * 60),
    ],
)
def test_a_curve(values: list[float | None], width: int, line: str) -> None:
    assert sparkline(values, 0, 1, width) == line


@given(st.lists(st.none() | st.floats(-1, 1), max_size=300), st.integers(1, 80))
def test_a_curve_is_never_wider(values: list[float | None], width: int) -> None:
    assert len(sparkline(values, -1, 1, width)) == min(len(values), width)

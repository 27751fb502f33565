from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.cli.output import BAR_WIDTH, WIDEST, bar, console, print_error, print_json, progress
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

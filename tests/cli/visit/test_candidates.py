from __future__ import annotations

import pytest

from companion.choose.pick import BEST_FEW
from companion.choose.score import SURENESS, weigh
from companion.choose.strategy import WIDE, Target
from companion.cli.output import console
from companion.cli.visit.candidates import show_candidates
from tests.agent.listener import HAPPY
from tests.choose.makers import tagged

TARGET = Target(HAPPY, WIDE, "match")


@pytest.mark.parametrize("columns", ["30", "80", "200"])
def test_every_candidate_has_its_numbers(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    found = [weigh(tagged(name, 0.6, 0.6, 0.5), TARGET) for name in "ab"]
    show_candidates(console(), "Two", found, found[0])
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= min(int(columns), 100)
    if columns != "30":
        assert out.count("0.50") == 2
        assert out.count(f"{0.5**SURENESS:.2f}") >= 2


def test_a_long_name_leaves_the_numbers_their_room(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    found = [weigh(tagged("The Lighthouse Next Door" * 3, -0.6, -0.6, 0.5), TARGET)]
    show_candidates(console(), "The best that fit", found)
    head, row, *_ = capsys.readouterr().out.splitlines()
    assert head.split()[-7:] == ["valence", "arousal", "near", "sure", "taste", "fresh", "score"]
    assert row.split()[-7:-5] == ["-0.60", "-0.60"]


def test_the_formula_is_the_one_that_decides(capsys: pytest.CaptureFixture[str]) -> None:
    show_candidates(console(), "None", [])
    out = " ".join(capsys.readouterr().out.split())
    assert f"score = near x sure^{SURENESS:g} x taste x fresh" in out
    assert f"one of the best {BEST_FEW} is drawn" in out

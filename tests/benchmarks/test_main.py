from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from benchmarks.__main__ import PARTS, main
from benchmarks.row import Row

KEPT = Row("a look", 3.0, "ms CPU a frame", 12, 6)
BROKEN = Row("a pick", 50.0, "ms", 40)


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two parts in the place of those that take minutes."""
    for name, rows in (("face", [KEPT, Row("  decoding", 1.5, "ms")]), ("music", [BROKEN])):
        part = ModuleType(name)
        part.rows = lambda rows=rows: rows  # type: ignore[attr-defined] # a module made here
        monkeypatch.setitem(sys.modules, f"benchmarks.{name}", part)
    monkeypatch.setattr("benchmarks.__main__.FEW_THREADS", {})


def test_a_table_with_the_limits(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["face"]) == 0
    out = capsys.readouterr().out
    assert "a look" in out
    assert "3 ms CPU a frame" in out
    assert "exceeded" not in out
    assert "Python" in out


def test_a_limit_that_does_not_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["face", "music"]) == 1
    assert "40 exceeded" in capsys.readouterr().out


def test_the_figures_as_data(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    main(["face", "--json", str(file)])
    written = json.loads(file.read_text("utf-8"))
    assert written["face"][0] == {
        "what": "a look",
        "measured": 3.0,
        "unit": "ms CPU a frame",
        "limit": 12,
        "beyond": 6,
    }


def test_an_unknown_part(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["faces"])
    assert ended.value.code == 2
    assert "faces" in capsys.readouterr().err


def test_the_parts_are_found() -> None:
    assert {"face", "music"} <= set(PARTS)
    assert "row" not in PARTS


@pytest.mark.parametrize("part", PARTS)
def test_each_part_has_rows(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, PARTS[part], raising=False)
    assert callable(importlib.import_module(PARTS[part]).rows)

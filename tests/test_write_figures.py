from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from write_figures import BEGIN, END, ROOT, put_in, write_table


def test_the_readme_shows_the_figures_that_were_measured() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert put_in(text, write_table()) == text


@pytest.mark.parametrize(
    ("model", "path", "shown"),
    [
        ("face_mood", ("ferplus_test", "own_head", "clear", "accuracy"), "| 0.123 |"),
        ("track_mood", ("network", "macro_f1"), "| 0.123 ("),
        ("track_mood", ("network", "picks_top_10"), "| 0.123 |"),
        ("picks", ("whole_chain", "choosers", "companion"), "| 0.123 ("),
        ("picks", ("learning", "fewer_skips"), "| 12% |"),
    ],
)
def test_a_figure_comes_from_the_metrics(
    model: str, path: tuple[str, ...], shown: str, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "models", tmp_path / "models")
    file = tmp_path / "models" / model / "metrics.json"
    metrics = json.loads(file.read_text("utf-8"))
    place = metrics
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = 0.123
    file.write_text(json.dumps(metrics), "utf-8")
    assert shown not in write_table()
    assert shown in write_table(tmp_path)


def test_all_but_the_table_stays() -> None:
    assert put_in(f"a\n{BEGIN}old\n{END}b\n", "new\n") == f"a\n{BEGIN}new\n{END}b\n"


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END}{BEGIN}"])
def test_without_its_marks_nothing_is_written(text: str) -> None:
    with pytest.raises(ValueError, match="no marks"):
        put_in(text, "")

from __future__ import annotations

import json
import re
from pathlib import Path

from evaluation.card import write_card
from evaluation.plot import draw_metrics

from companion.choose.score import SURENESS
from tests.locations import PROJECT

FOLDER = PROJECT / "models" / "picks"
METRICS = json.loads((FOLDER / "metrics.json").read_text("utf-8"))
CONTEXT = json.loads((FOLDER / "context.json").read_text("utf-8"))


def test_the_page_in_the_project_is_made_of_its_metrics() -> None:
    assert (FOLDER / "card.md").read_text("utf-8") == write_card(METRICS, CONTEXT)


def test_the_page_shows_every_chooser_and_its_pictures() -> None:
    card = write_card(METRICS, CONTEXT)
    for name, found in METRICS["given_mood"].items():
        assert f"| {name} | {found['right']:.3f} |" in card
    for picture in re.findall(r"\]\((.+?)\)", card):
        assert (FOLDER / picture).exists()


def test_the_figures_were_measured_with_the_constant_in_force() -> None:
    assert METRICS["sureness"] == SURENESS


def test_the_exponent_is_the_one_of_fewest_skips_among_those_that_are_right_enough() -> None:
    right, skips = (METRICS["sureness_tuning"][kind] for kind in ("right", "skips"))
    good = [value for value in right if right[value] >= 0.87]
    assert min(good, key=skips.__getitem__) == f"{SURENESS:g}"


def test_the_metrics_can_be_drawn(tmp_path: Path) -> None:
    draw_metrics(METRICS, tmp_path / "picks.svg")
    drawn = (tmp_path / "picks.svg").read_text("utf-8")
    assert f"{METRICS['given_mood']['companion']['right']:.3f}" in drawn
    assert f"{METRICS['learning']['skip_rate_with']:.1%}" in drawn


def test_face_and_listening_keep_what_was_promised() -> None:
    told = CONTEXT["verdicts"]
    assert CONTEXT["listeners"] >= 200
    assert told["no_camera_to_random"]["interval_95"][1] <= 0.6
    assert told["both_to_face_alone"]["interval_95"][1] <= 0.85
    for kind in told["both_to_face_alone_by_kind"].values():
        assert kind["ratio"] <= 1.02
    assert max(CONTEXT["runaway"]["largest_drift"].values()) <= CONTEXT["runaway"]["bound"]

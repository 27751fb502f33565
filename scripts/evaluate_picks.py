"""Measure the picks: python scripts/evaluate_picks.py [--music FOLDER] [--face FOLDER].

Writes metrics.json, card.md and two plots into models/picks. It takes some eight minutes.
Run it again after a new face or music model; what it goes by is models/track_mood/oof.json
and the face model without the people of the real sequences, which `train_face.py` leaves
beside its checkpoints. Where that face model is absent, the figures end to end stay as
they were measured last, and the card says with which exponent.
"""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer
from evaluation.card import write_card
from evaluation.day import fill_library, live_day
from evaluation.draws import seeded
from evaluation.end_to_end import measure_end_to_end, read_looks
from evaluation.focus import hear, measure_focus
from evaluation.learning import measure_learning, tune_skips
from evaluation.library import Clip, at_corners, read_library, split_artists
from evaluation.pick_accuracy import (
    measure_given_emotion,
    measure_given_mood,
    measure_places,
    tune_sureness,
)
from evaluation.plot import draw_metrics

from companion.agent.visit.history import read_day
from companion.choose.score import SURENESS
from companion.cli.visit.day_plot import draw_day
from companion.config.schema import Choose
from companion.store.database import open_database

ROOT = Path(__file__).parent.parent
TUNING_SHARE = 1 / 3  # of the artists, to choose SURENESS by
DAY = date(2026, 5, 4)
SEED = 5
SURENESS_AT_CORNERS = 4.0
"""The exponent that was chosen while tracks were placed at the mean of the corners."""


def measure(library: list[Clip], corners: list[Clip]) -> dict[str, Any]:
    """All figures but those measured end to end.

    Args:
        library: the labelled clips.
        corners: the same, placed at the mean of the quadrants' corners.
    """
    tuning, others = split_artists(library, TUNING_SHARE, seed=0)
    old_tuning, old_others = split_artists(corners, TUNING_SHARE, seed=0)
    learning, spread = measure_learning(library)
    return {
        "clips": len(library),
        "sureness": SURENESS,
        "sureness_tuning": {"right": tune_sureness(tuning), "skips": tune_skips(tuning)},
        "places": {
            "continuous, with its spread": measure_places(library, others, SURENESS),
            "mean of the corners": {
                **measure_places(corners, old_others, SURENESS_AT_CORNERS),
                "sureness_tuning": tune_sureness(old_tuning),
            },
        },
        "given_mood": measure_given_mood(library),
        "given_mood_other_artists": measure_given_mood(others),
        "given_emotion_other_artists": measure_given_emotion(others),
        "learning": learning,
        "spread": spread,
    }


def draw_simulated_day(file: Path) -> None:
    """Live a made-up day under `lift` in a store of its own, and draw it."""
    draws = seeded(SEED)
    midnight = datetime.combine(DAY, time()).astimezone(UTC)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(Path(folder, "companion.db")) as db,
    ):
        fill_library(db, midnight, draws)
        live_day(db, midnight, Choose(strategy="lift"), draws)
        draw_day(read_day(db, DAY), file)


def main(
    music: Annotated[Path, typer.Option(help="The folder of the labelled clips.")] = ROOT
    / "../shared/data/music",
    face: Annotated[Path, typer.Option(help="The folder with ckplus.")] = ROOT
    / "../shared/data/face",
    unseen: Annotated[Path, typer.Option(help="Where that face model is.")] = ROOT
    / "checkpoints/face/unseen",
    to: Annotated[Path, typer.Option(help="Where the figures go.")] = ROOT / "models" / "picks",
) -> None:
    """Measure the picks; write metrics.json, card.md, picks.png and day.png."""
    tags = ROOT / "models" / "track_mood" / "oof.json"
    library = read_library(music, tags)
    metrics = measure(library, read_library(music, tags, at_corners))
    metrics["focus"] = measure_focus(library, hear(library, music))
    if unseen.is_dir():
        looks = read_looks(face / "ckplus", unseen)
        metrics["whole_chain"] = measure_end_to_end(library, looks) | {"sureness": SURENESS}
    else:
        print(f"There is no {unseen}: the figures end to end stay as they are.")
        metrics["whole_chain"] = json.loads((to / "metrics.json").read_text("utf-8"))["whole_chain"]
    metrics = _rounded(metrics)
    to.mkdir(parents=True, exist_ok=True)
    (to / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", "utf-8")
    context = json.loads((to / "context.json").read_text("utf-8"))
    (to / "card.md").write_text(write_card(metrics, context), "utf-8")
    draw_metrics(metrics, to / "picks.png")
    draw_simulated_day(to / "day.png")
    print(f"wrote metrics.json, card.md, picks.png and day.png to {to}")


def _rounded(value: Any) -> Any:
    """Figures of four digits; more would only pretend to be known."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    typer.run(main)

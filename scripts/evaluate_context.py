"""Judge the fusion of face and listening on simulated listeners.

python scripts/evaluate_context.py [--of-kind N] writes context.json, context.png and
card.md in models/picks. On one idle core it takes about twenty minutes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from evaluation.card import write_card
from evaluation.context.face import read_face_model
from evaluation.context.listeners import KINDS, Tagger
from evaluation.context.measure import (
    ABLATIONS,
    LISTENERS_OF_KIND,
    TUNED_ON,
    ablate,
    measure_drift,
    simulate,
    table,
    verdicts,
)
from evaluation.context.plot import draw

ROOT = Path(__file__).parent.parent
CHOSEN = ("random", "last own track", "present program", "face alone", "listening alone", "both")


def read_tagger(metrics: Path) -> Tagger:
    """The published share of right signs, on artists not seen in training."""
    found = json.loads(metrics.read_text("utf-8"))["network"]
    return Tagger(valence=found["valence_sign"], arousal=found["arousal_sign"])


def main(
    of_kind: Annotated[int, typer.Option(help="Listeners of each kind.")] = LISTENERS_OF_KIND,
    kept: Annotated[
        Path | None, typer.Option(help="A file for what is done, from which a stopped run goes on.")
    ] = None,
    models: Annotated[Path, typer.Option(help="The folder of the models.")] = ROOT / "models",
) -> None:
    """Measure, and write what the card of the picks shows."""
    tagger = read_tagger(models / "track_mood" / "metrics.json")
    face = read_face_model(models / "face_mood" / "metrics.json")
    results = simulate(CHOSEN, tagger, face, of_kind, kept)
    found = {
        "listeners": of_kind * len(KINDS),
        "kinds": [kind.value for kind in KINDS],
        "tuned_on": [kind.value for kind in TUNED_ON],
        "choosers": table(results),
        "verdicts": verdicts(results),
        "ablation": ablate(tagger, face, max(of_kind // 3, 1), kept),
        "ablations": list(ABLATIONS),
        "runaway": measure_drift(),
    }
    folder = models / "picks"
    (folder / "context.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
    (folder / "card.md").write_text(write_card(metrics, found), "utf-8")
    draw(found, folder / "context.png")


if __name__ == "__main__":
    typer.run(main)

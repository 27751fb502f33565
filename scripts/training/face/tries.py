"""A record of every recipe that was tried in earnest, for the card."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypedDict

from training.face.data import Images, Stills
from training.face.fit import Variables
from training.face.stages import accuracy
from training.metrics import Floats

FILE = "tries.json"


class Try(TypedDict):
    """One recipe, and its accuracy on FER+: validation faces to choose by, test faces once."""

    recipe: str
    valid: float
    test: float


def measure_try(
    recipe: str,
    logits: Callable[[Variables, Images], Floats],
    variables: Variables,
    valid: Stills,
    test: Stills,
) -> Try:
    """The figures of one model, read by `logits`."""
    return Try(
        recipe=recipe,
        valid=round(accuracy(logits(variables, valid.images), valid), 4),
        test=round(accuracy(logits(variables, test.images), test), 4),
    )


def record(folder: Path, found: Sequence[Try]) -> None:
    """Add tries to the model's record; a recipe that stands there already is replaced."""
    tries = {one["recipe"]: one for one in (*read_tries(folder), *found)}
    (folder / FILE).write_text(json.dumps(list(tries.values()), indent=2) + "\n", "utf-8")


def read_tries(folder: Path) -> list[Any]:
    """The model's record; empty where there is none."""
    file = folder / FILE
    return json.loads(file.read_text("utf-8")) if file.is_file() else []

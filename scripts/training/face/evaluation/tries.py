"""A record of every recipe that was tried in earnest, measured on corpora left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from training.face.corpora import SCHEMES
from training.face.data import EMOTIONS, Stills
from training.face.evaluation.calibrate import even_prior, own_prior
from training.face.evaluation.readings import NEGATIVE, Readings
from training.face.evaluation.strangers import read_stranger
from training.face.fit import Terms, Variables
from training.face.infer import mirrored_logits, pooled_features
from training.face.runs import Runs, between
from training.face.stages import TERMS
from training.metrics import Floats, softmax, summarise

FILE = "tries.json"
FACES = 1000  # of each corpus that a try is measured on
ALONE = "affectnet"  # on which what has to be trained anew is tried
TRIED_ON = ("affectnet", "kdef")  # that the weights to start from have not seen

Logits = Callable[[str, Stills], Floats]


class Try(TypedDict):
    """One recipe and its figures on left-out corpora, all emotions of a corpus alike often.

    Attributes:
        recipe: in words.
        uar: unweighted average recall, by the corpus left out.
        negative_below_0: the share of negative faces with an expected valence below 0.
        ece: the calibration error at a temperature of 1.
    """

    recipe: str
    uar: dict[str, float]
    negative_below_0: dict[str, float]
    ece: dict[str, float]


def measure_tries(runs: Runs, start: Variables) -> list[Try]:
    """Every try, each corpus by a model that has not seen it."""
    faces = {name: _some(read_stranger(name, runs.data)) for name in TRIED_ON}
    one = {ALONE: faces[ALONE]}
    return [
        *(measure_try(recipe, logits, faces) for recipe, logits in _tries(runs, start)),
        *(measure_try(recipe, logits, one) for recipe, logits in _losses(runs)),
    ]


def _some(stills: Stills) -> Stills:
    """At most `FACES` of them, from everywhere."""
    return stills.select(np.unique(np.linspace(0, len(stills) - 1, FACES).astype(int)))


def measure_try(recipe: str, logits: Logits, faces: dict[str, Stills]) -> Try:
    """The figures of one recipe; `logits` reads the faces of a corpus that is left out."""
    found = Try(recipe=recipe, uar={}, negative_below_0={}, ece={})
    for name, stills in faces.items():
        shares = softmax(logits(name, stills) + even_prior(stills.labels))
        said = summarise(shares, stills.labels, EMOTIONS)
        places = Readings(shares, stills.labels).places
        below = places[NEGATIVE[stills.labels], 0] < 0
        found["uar"][name] = said["uar"]
        found["ece"][name] = said["ece"]
        found["negative_below_0"][name] = round(float(below.mean()), 4)
    return found


def _tries(runs: Runs, start: Variables) -> Iterator[tuple[str, Logits]]:
    frequent = own_prior(runs.wild["ferplus"].stills.labels)

    def read(variables: Callable[[str], Variables]) -> Logits:
        return lambda name, stills: mirrored_logits(variables(name), stills.windows)

    yield "the third model: FER+ and CK+ alone", read(lambda _: start)
    yield (
        "the same, the log of how frequent FER+'s emotions are taken off its logits",
        lambda _, stills: mirrored_logits(start, stills.windows) - frequent,
    )
    yield "the first stage alone, from the third model on", read(runs.without_posed)
    yield "the shipped recipe", read(runs.without_corpus)
    yield (
        "the same, read by the mean of the corpora's own heads",
        lambda name, stills: _mean_of_heads(runs.without_corpus(name), name, stills),
    )
    yield (
        "the same, weights half way back to the third model's",
        read(lambda name: between(start, runs.without_corpus(name), 0.5)),
    )
    yield (
        "the same, all of the way to the weights that posed faces lead to",
        read(lambda name: runs.without_corpus(name, share=1.0)),
    )


def _losses(runs: Runs) -> Iterator[tuple[str, Logits]]:
    """Other losses in the second stage."""
    variants = {
        "without a head for each label scheme": replace(TERMS, scheme=0, first=0),
        "without the distance on the affect plane in the loss": replace(TERMS, affect=0),
        "with mixed statistics of feature maps in half of the batches": replace(TERMS, mixing=0.5),
    }
    for words, terms in variants.items():
        yield f"the shipped recipe, posed faces {words}", _by_loss(runs, terms)


def _by_loss(runs: Runs, terms: Terms) -> Logits:
    return lambda name, stills: mirrored_logits(runs.without_corpus(name, terms), stills.windows)


def _mean_of_heads(variables: Variables, away: str, stills: Stills) -> Floats:
    """The mean of the logits of the heads of all corpora but one."""
    heads, shared = variables["params"]["schemes"], variables["params"]["frame_head"]
    known = [k for k, name in enumerate(SCHEMES) if name != away]
    kernel = np.asarray(shared["kernel"]) + np.asarray(heads["kernel"])[known].mean(axis=0)
    bias = np.asarray(shared["bias"]) + np.asarray(heads["bias"])[known].mean(axis=0)
    logits: Floats = pooled_features(variables, stills.windows) @ kernel + bias
    return logits


def record(folder: Path, found: Sequence[Try]) -> None:
    """Write the model's record."""
    (folder / FILE).write_text(json.dumps(list(found), indent=2) + "\n", "utf-8")


def read_tries(folder: Path) -> list[Any]:
    """The model's record; empty where there is none."""
    file = folder / FILE
    return json.loads(file.read_text("utf-8")) if file.is_file() else []

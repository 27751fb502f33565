from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training.face.evaluation import strangers
from training.face.evaluation.calibrate import Unseen, calibrate, own_prior
from training.face.evaluation.strangers import (
    measure_strangers,
    measure_strengths,
    read_one,
    read_stranger,
)

from tests.training.face.sets import (
    votes,
    write_affectnet,
    write_ckplus,
    write_ferplus,
    write_kdef,
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_ferplus(tmp_path / "ferplus", [votes("a.webp", k, "test", fear=9) for k in range(3)])
    write_affectnet(tmp_path / "affectnet", [("test", "anger"), ("train", "fear")])
    write_kdef(tmp_path / "kdef", [("F01", "A", "fear"), ("F01", "B", "fear")])
    write_ckplus(tmp_path / "ckplus")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "count"), [("ferplus", 3), ("affectnet", 1), ("kdef", 2), ("ckplus", 5)]
)
def test_the_faces_of_each_stranger(data: Path, name: str, count: int) -> None:
    assert len(read_stranger(name, data)) == count


def test_reads_the_windows(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes: list[Any] = []

    def logits(_: Any, images: np.ndarray) -> np.ndarray:
        shapes.append(images.shape)
        return np.zeros((len(images), 8))

    monkeypatch.setattr(strangers, "mirrored_logits", logits)
    found = read_one({}, "kdef", data)
    assert shapes == [(2, 48, 48)]
    assert found.logits.shape == (2, 8)


def some_corpora() -> dict[str, Unseen]:
    random = np.random.default_rng(0)
    labels = np.arange(560) % 7
    return {
        name: Unseen(
            2 * np.eye(8)[labels] + random.normal(0, 1, (560, 8)), labels, own_prior(labels)
        )
        for name in ("ferplus", "affectnet", "kdef", "ckplus")
    }


def test_every_corpus_has_its_figures() -> None:
    corpora = some_corpora()
    found = measure_strangers(corpora, calibrate(list(corpora.values())))
    assert found["corpora"].keys() == found["calibration"].keys() == corpora.keys()
    uars = [one["even"]["uar"] for one in found["corpora"].values()]
    assert found["mean_uar"] == pytest.approx(np.mean(uars), abs=1e-3)
    for one in found["corpora"].values():
        assert set(one) == {"own", "even", "desk", "shipped"}
        kept = list(one["own"]["kept_at"].values())
        assert kept[0] >= kept[-1] == one["own"]["accuracy"]


def test_a_stronger_prior_alarms_less_and_hears_less() -> None:
    corpora = some_corpora()
    rows = measure_strengths(corpora, calibrate(list(corpora.values())))
    alarms, uars = ([row[key] for row in rows] for key in ("neutral_alarms", "uar"))
    assert alarms == sorted(alarms, reverse=True)
    assert uars[0] > uars[-1]

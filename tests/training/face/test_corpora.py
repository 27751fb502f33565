from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training.face.corpora import (
    BARRED,
    SCHEMES,
    Corpus,
    draw_mixture,
    log_prior,
    read_wild,
)
from training.face.data import EMOTIONS, Stills, one_hot

from companion.affect import Emotion
from tests.training.face.sets import (
    face,
    votes,
    write_affectnet,
    write_ferplus,
    write_first_labels,
)

NEUTRAL, FEAR, CONTEMPT = (EMOTIONS.index(name) for name in ("neutral", "fear", "contempt"))


def some_stills(**counts: int) -> Stills:
    labels = [name for name, count in counts.items() for _ in range(count)]
    images = np.stack([face(k % 100) for k in range(len(labels))])
    people = tuple(f"S{k % 3}" for k in range(len(labels)))
    return Stills(images, np.stack([one_hot(label) for label in labels]), people)


@pytest.mark.parametrize(("balance", "share"), [(0.0, 0.1), (0.5, 0.25), (1.0, 0.5)])
def test_a_rare_class_is_drawn_as_often_as_its_balance_says(balance: float, share: float) -> None:
    corpus = Corpus("kdef", some_stills(neutral=90, fear=10), 1.0, balance)
    assert corpus.chances.sum() == pytest.approx(1)
    assert corpus.chances[90:].sum() == pytest.approx(share)
    assert np.exp(corpus.prior[[NEUTRAL, FEAR]]) == pytest.approx([1 - share, share])
    batch = corpus.draw(np.random.default_rng(0), 400)
    assert batch.targets[:, FEAR].mean() == pytest.approx(share, abs=0.07)


def test_what_a_corpus_has_no_label_for_is_barred() -> None:
    corpus = Corpus("affectnet", some_stills(neutral=3, fear=3), 1.0, 1.0)
    assert corpus.prior[CONTEMPT] == BARRED
    assert (corpus.prior[[NEUTRAL, FEAR]] > -1).all()


def test_a_mixture_has_the_shares_of_its_corpora() -> None:
    one = Corpus("ferplus", some_stills(neutral=5), 1.0, 0.5)
    other = Corpus("kdef", some_stills(fear=5), 3.0, 1.0)
    batch = draw_mixture([one, other], np.random.default_rng(0), 40)
    assert batch.frames.shape == (40, 48, 48)
    named = [SCHEMES[k] for k in batch.schemes]
    assert (named.count("ferplus"), named.count("kdef")) == (10, 30)
    assert (batch.targets.argmax(axis=1) == np.where(batch.schemes == 0, NEUTRAL, FEAR)).all()


def test_first_labels_go_with_their_faces() -> None:
    stills = some_stills(neutral=4, fear=4)
    first = np.stack([one_hot("sadness")] * 4 + [one_hot("")] * 4)
    batch = Corpus("ferplus", stills, 1.0, 0.0, first).draw(np.random.default_rng(0), 30)
    seen = batch.targets[:, NEUTRAL] == 1
    np.testing.assert_array_equal(batch.first[seen], [one_hot("sadness")] * int(seen.sum()))
    assert not batch.first[~seen].any()


def test_without_some_people() -> None:
    corpus = Corpus("kdef", some_stills(fear=9), 1.0, 1.0)
    assert corpus.without(frozenset(["S9"])) is corpus
    left = corpus.without(frozenset(["S0", "S1"]))
    assert set(left.stills.subjects) == {"S2"}
    assert left.digest != corpus.digest


@pytest.mark.parametrize(
    "other",
    [
        Corpus("kdef", some_stills(fear=9), 2.0, 1.0),
        Corpus("kdef", some_stills(fear=9), 1.0, 0.5),
        Corpus("kdef", some_stills(fear=8), 1.0, 1.0),
        Corpus("kdef", some_stills(anger=9), 1.0, 1.0),
        Corpus("ckplus", some_stills(fear=9), 1.0, 1.0),
        Corpus("kdef", some_stills(fear=9), 1.0, 1.0, np.zeros((9, 8), np.float32)),
    ],
)
def test_the_digest_knows_all_that_is_drawn(other: Corpus) -> None:
    corpus = Corpus("kdef", some_stills(fear=9), 1.0, 1.0)
    assert corpus.digest == Corpus("kdef", some_stills(fear=9), 1.0, 1.0).digest
    assert corpus.digest != other.digest


def test_a_prior_of_nothing_bars_everything() -> None:
    assert (log_prior(np.zeros(8)) == BARRED).all()


def test_reads_the_corpora_by_name(tmp_path: Path) -> None:
    rows = [votes("a.webp", 0, "train", neutral=10), votes("a.webp", 1, "train", fear=10)]
    folder = write_ferplus(tmp_path / "ferplus", rows)
    write_first_labels(folder, {("a.webp", 0): "sadness", ("a.webp", 1): "fear"})
    write_affectnet(tmp_path / "affectnet", [("train", "anger"), ("test", "fear")])
    ferplus, affectnet = read_wild(("ferplus", "affectnet"), tmp_path)
    assert ferplus.first is not None
    assert EMOTIONS[ferplus.first[0].argmax()] is Emotion.SADNESS
    assert len(affectnet.stills) == 1
    assert [one.name for one in read_wild(("affectnet",), tmp_path)] == ["affectnet"]

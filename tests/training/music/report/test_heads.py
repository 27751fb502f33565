from __future__ import annotations

import numpy as np
import pytest
from training.music.data import NO_LABEL, Clips
from training.music.report import heads
from training.music.report.heads import AttentionHead, Distilled, TunedHead, descend, squared_error

RANDOM = np.random.default_rng(0)
COUNT = 160
QUADRANT = RANDOM.integers(0, 4, COUNT)
CLIPS = Clips(
    tuple(map(str, range(COUNT))),
    np.arange(COUNT).astype(str),
    QUADRANT,
    np.full(COUNT, NO_LABEL),
)
PLAIN = (RANDOM.standard_normal((COUNT, 8)) + 4 * np.eye(4, 8)[QUADRANT]).astype(np.float32)


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "STEPS", 60)
    monkeypatch.setattr(heads, "BATCH", 16)
    monkeypatch.setattr(heads, "split_by_artist", lambda clips, _: [split(0), split(1)])


def split(side: int) -> tuple[np.ndarray, np.ndarray]:
    every = np.arange(COUNT)
    return every[every % 2 != side], every[every % 2 == side]


@pytest.mark.parametrize(
    ("fit", "inputs"),
    [
        (heads.logistic(1.0), PLAIN),
        (heads.support_vectors, PLAIN),
        (heads.network(TunedHead(4, 8), rate=0.01), PLAIN),
        (heads.network(AttentionHead(), rate=0.01), np.repeat(PLAIN[:, None], 3, axis=1)),
    ],
    ids=["logistic", "svm", "tuned", "attention"],
)
def test_each_head_reads_unseen_clips(fit: heads.Fit, inputs: np.ndarray) -> None:
    said = heads.out_of_fold(CLIPS, inputs, fit)
    assert np.allclose(said.sum(axis=1), 1, atol=1e-4)
    assert np.mean(said.argmax(axis=1) == QUADRANT) > 0.8


def test_absent_patches_are_not_attended_to() -> None:
    import jax

    head = AttentionHead()
    two = PLAIN[:4, None].repeat(2, axis=1)
    params = head.init(jax.random.key(0), two)
    padded = np.concatenate([two, np.zeros_like(two)], axis=1)
    plain, wider = (np.asarray(head.apply(params, given)) for given in (two, padded))
    assert np.allclose(plain, wider, atol=1e-5)


def test_a_convolution_learns_what_it_is_told() -> None:
    image = RANDOM.standard_normal((64, 32, 5)).astype(np.float32)
    image += PLAIN[:64, None, :1]
    told = image.mean(axis=(1, 2))[:, None].repeat(2, axis=1)
    module = Distilled(2)
    params = descend(module, (image, told), squared_error)
    said = np.asarray(module.apply({"params": params}, image))
    assert np.corrcoef(said[:, 0], told[:, 0])[0, 1] > 0.8

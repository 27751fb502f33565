from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from companion.music.features.log_mel import FRAMES, MELS
from companion.music.model.musicnn import (
    EMBEDDING,
    LEAST_EFFECT,
    MODEL,
    NETWORKS,
    TIMBRE,
    Musicnn,
    fold,
)
from companion.weights import open_model

REFERENCE = Path(__file__).parents[3].parent / "shared" / "assets" / "musicnn" / "reference.npz"
EXPECTED = json.loads((Path(__file__).parent / "musicnn_expected.json").read_text("utf-8"))
"""The network's outputs for `patch()`, computed layer by layer from the original arrays, with
neither the folding nor the pruning that is tested here."""


def tensors(name: str) -> dict[str, np.ndarray]:
    return open_model(MODEL).read_tensors(f"{name}.safetensors")


def patch() -> np.ndarray:
    """A pattern over time and frequency in the range of a log-mel patch."""
    time, band = np.arange(FRAMES)[:, None], np.arange(MELS)[None]
    waves = 1.5 * (1 + np.sin(time / 7) * np.cos(band / 5))
    blocks = np.where((time // 23 + band // 11) % 2, 0.5, 0)
    return np.asarray(waves + blocks, np.float32)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("least_effect", [0, 1e-7, LEAST_EFFECT, 1e-4])
def test_pruning_changes_no_answer(name: str, least_effect: float) -> None:
    said = Musicnn(tensors(name), least_effect).hear(patch()[None])
    assert np.allclose(said.tags[0], EXPECTED[name]["tags"], atol=1e-5)
    assert np.allclose(said.embedding[0], EXPECTED[name]["embedding"], atol=1e-4)


@pytest.mark.parametrize("name", NETWORKS)
def test_pruning_leaves_less_than_half_of_the_channels(name: str) -> None:
    whole, _ = fold(tensors(name), 0)
    pruned, params = fold(tensors(name))
    assert sum(pruned.channels) < sum(whole.channels) / 2
    assert params[f"kernels_{TIMBRE[0]}"]["kernel"].shape[-1] == pruned.channels[0]


def test_pruning_too_much_changes_it() -> None:
    said = Musicnn(tensors("msd"), 1).hear(patch()[None])
    assert not np.allclose(said.tags[0], EXPECTED["msd"]["tags"], atol=1e-2)


def test_a_pruned_channel_goes_on_as_a_constant() -> None:
    dead = dict(tensors("msd"))
    gamma = dead["batch_normalization_1.gamma"].copy()
    gamma[::2] = 0
    dead["batch_normalization_1.gamma"] = gamma
    pruned, whole = Musicnn(dead), Musicnn(dead, 0)
    assert pruned.network.channels[0] < Musicnn(tensors("msd")).network.channels[0]
    assert np.allclose(pruned.hear(patch()[None]).tags, whole.hear(patch()[None]).tags, atol=1e-6)


def test_patches_do_not_hear_each_other() -> None:
    network = Musicnn(tensors("msd"))
    both = network.hear(np.stack([patch(), patch()[::-1]]))
    assert both.embedding.shape == (2, EMBEDDING)
    assert np.allclose(both.tags[1], network.hear(patch()[None, ::-1]).tags[0], atol=1e-6)


@pytest.mark.data
@pytest.mark.parametrize("name", NETWORKS)
def test_it_agrees_with_the_original(name: str) -> None:
    if not REFERENCE.is_file():
        pytest.skip(f"needs {REFERENCE}")
    with np.load(REFERENCE) as reference:
        said = Musicnn(tensors(name)).hear(reference["x"])
        assert np.allclose(said.tags, reference[f"{name.upper()}_musicnn"], atol=1e-5)

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from companion.music.features.log_mel import FRAMES, MELS
from companion.music.model.musicnn import (
    EMBEDDING,
    MODEL,
    RANKS,
    WHOLE,
    Musicnn,
    Ranks,
    split_kernels,
)
from companion.weights import open_model

REFERENCE = Path(__file__).parents[3].parent / "shared" / "assets" / "musicnn" / "reference.npz"
EXPECTED = json.loads((Path(__file__).parent / "musicnn_expected.json").read_text("utf-8"))
"""The network's outputs for `patch()`, computed layer by layer from the original arrays, with
neither the folding nor the splitting that is tested here."""


def tensors(name: str) -> dict[str, np.ndarray]:
    return open_model(MODEL).read_tensors(f"{name}.safetensors")


def patch() -> np.ndarray:
    """A pattern over time and frequency in the range of a log-mel patch."""
    time, band = np.arange(FRAMES)[:, None], np.arange(MELS)[None]
    waves = 1.5 * (1 + np.sin(time / 7) * np.cos(band / 5))
    blocks = np.where((time // 23 + band // 11) % 2, 0.5, 0)
    return np.asarray(waves + blocks, np.float32)


@pytest.mark.parametrize("name", RANKS)
def test_it_agrees_with_the_plain_network(name: str) -> None:
    said = Musicnn(tensors(name), WHOLE).hear(patch()[None])
    assert np.allclose(said.tags[0], EXPECTED[name]["tags"], atol=1e-5)
    assert np.allclose(said.embedding[0], EXPECTED[name]["embedding"], atol=1e-4)


@pytest.mark.parametrize("name", RANKS)
@pytest.mark.parametrize("ranks", [(0, 0), (32, 96), (96, 0)])
def test_split_kernels_change_no_tag(name: str, ranks: Ranks) -> None:
    split = tuple(rank and max(rank, least) for rank, least in zip(ranks, RANKS[name], strict=True))
    said = Musicnn(tensors(name), (split[0], split[1])).hear(patch()[None])
    assert np.allclose(said.tags[0], EXPECTED[name]["tags"], atol=1e-5)
    assert np.corrcoef(said.embedding[0], EXPECTED[name]["embedding"])[0, 1] > 0.9999


@pytest.mark.parametrize("name", RANKS)
def test_what_is_shipped_changes_no_tag(name: str) -> None:
    said = Musicnn(tensors(name), RANKS[name]).hear(patch()[None])
    assert np.allclose(said.tags[0], EXPECTED[name]["tags"], atol=1e-5)


def test_too_few_basis_kernels_change_it() -> None:
    said = Musicnn(tensors("msd"), (4, 4)).hear(patch()[None])
    assert not np.allclose(said.tags[0], EXPECTED["msd"]["tags"], atol=1e-2)


def test_patches_do_not_hear_each_other() -> None:
    network = Musicnn(tensors("msd"), RANKS["msd"])
    both = network.hear(np.stack([patch(), patch()[::-1]]))
    assert both.embedding.shape == (2, EMBEDDING)
    assert np.allclose(both.tags[1], network.hear(patch()[None, ::-1]).tags[0], atol=1e-6)


def test_kernels_split_at_their_full_rank_are_themselves() -> None:
    kernels = np.random.default_rng(0).standard_normal((7, 5, 1, 20)).astype(np.float32)
    basis, mix = split_kernels(kernels, 20)
    assert np.allclose(basis @ mix, kernels, atol=1e-5)
    assert split_kernels(kernels, 3)[0].shape == (7, 5, 1, 3)


@pytest.mark.data
@pytest.mark.parametrize("name", RANKS)
def test_it_agrees_with_the_original(name: str) -> None:
    if not REFERENCE.is_file():
        pytest.skip(f"needs {REFERENCE}")
    with np.load(REFERENCE) as reference:
        said = Musicnn(tensors(name), RANKS[name]).hear(reference["x"])
        assert np.allclose(said.tags, reference[f"{name.upper()}_musicnn"], atol=1e-5)

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from companion.errors import ModelError
from companion.music.features.log_mel import FRAMES, MELS
from companion.music.model.musicnn import (
    EMBEDDING,
    FULL_RANKS,
    MODEL,
    RANKS,
    STRIDES,
    Musicnn,
    Taggers,
    split_kernels,
)
from companion.music.model.tags import MSD_TAGS, MTT_TAGS
from companion.weights import models_folder, open_model, write_manifest

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


@pytest.mark.parametrize("name", STRIDES)
def test_it_agrees_with_the_plain_network(name: str) -> None:
    said = Musicnn(tensors(name), FULL_RANKS).hear(patch()[None])
    assert np.allclose(said.tags[0], EXPECTED[name]["tags"], atol=1e-5)
    assert np.allclose(said.embedding[0], EXPECTED[name]["embedding"], atol=1e-4)


@pytest.mark.parametrize(
    ("name", "ranks", "error"),
    [
        ("msd", (32, 32), 1e-5),
        ("msd", RANKS["msd"], 1e-5),
        ("mtt", (96, 96), 1e-5),
        ("mtt", RANKS["mtt"], 2e-3),
    ],
)
def test_split_kernels_change_next_to_nothing(
    name: str, ranks: tuple[int, int], error: float
) -> None:
    said = Musicnn(tensors(name), ranks).hear(patch()[None])
    assert np.allclose(said.tags[0], EXPECTED[name]["tags"], atol=error)
    assert np.corrcoef(said.embedding[0], EXPECTED[name]["embedding"])[0, 1] > 0.9999


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


def test_both_taggers_stand_side_by_side() -> None:
    said = Taggers().hear(np.stack([patch(), 0 * patch(), patch()]))
    assert said.embedding.shape == (2 * EMBEDDING,)
    assert said.tags.shape == (len(MSD_TAGS) + len(MTT_TAGS),)
    assert ((said.tags >= 0) & (said.tags <= 1)).all()
    # the second hears every second patch: here twice the same
    assert np.allclose(said.tags[len(MSD_TAGS) :], EXPECTED["mtt"]["tags"], atol=2e-3)


@pytest.mark.parametrize("missing", ["dense.kernel", "conv2d_1.kernel"])
def test_weights_of_another_shape_are_one_clear_error(tmp_path: Path, missing: str) -> None:
    from safetensors.numpy import save_file

    folder = tmp_path / MODEL
    shutil.copytree(models_folder() / MODEL, folder)
    kept: dict[str, Any] = tensors("msd")
    del kept[missing]
    save_file(kept, folder / "msd.safetensors")
    write_manifest(folder, "1", [f"{name}.safetensors" for name in STRIDES])
    with pytest.raises(ModelError, match="does not fit"):
        Taggers(open_model(MODEL, tmp_path))


@pytest.mark.data
@pytest.mark.parametrize("name", STRIDES)
def test_it_agrees_with_the_original(name: str) -> None:
    if not REFERENCE.is_file():
        pytest.skip(f"needs {REFERENCE}")
    with np.load(REFERENCE) as reference:
        said = Musicnn(tensors(name)).hear(reference["x"])
        assert np.allclose(said.tags, reference[f"{name.upper()}_musicnn"], atol=1e-5)

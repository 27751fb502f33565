from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from companion.errors import ModelError
from companion.music.model.musicnn import EMBEDDING, MODEL, Musicnn
from companion.music.model.taggers import WINDOWS, Taggers, windows
from companion.music.model.tags import MSD_TAGS, MTT_TAGS
from companion.weights import models_folder, open_model, write_manifest
from tests.music.model.test_musicnn import patch, tensors


@pytest.mark.parametrize(
    ("count", "most", "heard"),
    [
        (10, 4, [0, 3, 6, 9]),
        (10, 2, [0, 9]),
        (10, 1, [0]),
        (3, 4, [0, 1, 2]),
        (2, 2, [0, 1]),
        (1, 4, [0]),
        (1000, 3, [0, 500, 999]),
    ],
)
def test_what_is_heard_is_spread_evenly(count: int, most: int, heard: list[int]) -> None:
    chosen = windows(count, most).tolist()
    assert len(chosen) == len(heard)
    assert np.allclose(chosen, heard, atol=1)
    assert chosen[0] == 0
    assert chosen[-1] == heard[-1]


def test_both_taggers_stand_side_by_side() -> None:
    quiet, loud = 0 * patch(), patch()
    given = np.stack([quiet] * 10)
    given[windows(10, WINDOWS["mtt"])] = loud
    heard = Taggers().hear(given)
    assert heard.embedding.shape == (len(WINDOWS) * EMBEDDING,)
    assert heard.tags.shape == (len(MSD_TAGS) + len(MTT_TAGS),)
    assert ((heard.tags >= 0) & (heard.tags <= 1)).all()
    # the second hears those alone that are loud
    alone = Musicnn(tensors("mtt")).hear(loud[None])
    assert np.allclose(heard.tags[len(MSD_TAGS) :], alone.tags[0], atol=1e-5)


@pytest.mark.parametrize("missing", ["dense.kernel", "conv2d_1.kernel"])
def test_weights_of_another_shape_are_one_clear_error(tmp_path: Path, missing: str) -> None:
    folder = tmp_path / MODEL
    shutil.copytree(models_folder() / MODEL, folder)
    kept = tensors("msd")
    del kept[missing]
    save_file(kept, folder / "msd.safetensors")
    write_manifest(folder, "1", [f"{name}.safetensors" for name in WINDOWS])
    with pytest.raises(ModelError, match="does not fit"):
        Taggers(open_model(MODEL, tmp_path))

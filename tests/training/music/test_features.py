from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training.music import features
from training.music.data import Clips
from training.music.features import CHANGED, DEFINED_IN, load_inputs, source_hash

from companion.errors import ClipDamaged
from companion.music.features.extract import STATISTICS
from companion.music.model.musicnn import EMBEDDING
from tests.music.sounds import clicks, encode, noise


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("clips")
    (root / "data").mkdir()
    (root / "data" / "a.wav").write_bytes(encode(noise()))
    (root / "data" / "b.wav").write_bytes(encode(clicks(120)))
    load_inputs(CLIPS, root / "data", cache=root)
    return root


EMPTY = np.zeros(2, int)
CLIPS = Clips(("a.wav", "b.wav"), np.array(["x", "y"]), EMPTY, EMPTY)
TURNED = Clips(("b.wav", "a.wav"), np.array(["y", "x"]), EMPTY, EMPTY)


def test_one_row_a_clip_in_their_order(root: Path) -> None:
    inputs = load_inputs(CLIPS, root / "data", cache=root)
    assert inputs.statistics.shape == (2, len(STATISTICS))
    assert inputs.embedding.shape == (2, 2 * EMBEDDING)
    loud = STATISTICS.index("shape mean 8")
    assert inputs.statistics[0, loud] != inputs.statistics[1, loud]
    again = load_inputs(TURNED, root / "data", cache=root)
    assert np.array_equal(again.statistics, inputs.statistics[::-1])
    assert np.array_equal(again.tags, inputs.tags[::-1])


def test_a_changed_copy_is_another(root: Path) -> None:
    same, changed = (load_inputs(CLIPS, root / "data", n, root) for n in (0, CHANGED))
    assert not np.array_equal(same.image, changed.image)


def test_what_is_there_is_not_computed_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_inputs(CLIPS, root / "data", cache=root)
    (root / "data" / "a.wav").write_bytes(b"")
    assert np.array_equal(load_inputs(CLIPS, root / "data", cache=root).image, first.image)
    monkeypatch.setattr(features, "source_hash", lambda _: "changed")
    with pytest.raises(ClipDamaged):
        load_inputs(CLIPS, root / "data", cache=root)


def test_the_hash_follows_the_source() -> None:
    assert len(source_hash(DEFINED_IN)) == 12
    assert source_hash(DEFINED_IN) != source_hash(DEFINED_IN[:-1])

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training.music import features
from training.music.data import Clips
from training.music.features import COPIES, load_inputs

from companion.errors import ClipDamaged
from companion.music.features.extract import STATISTICS
from tests.music.sounds import clicks, encode, noise


def make_folder(root: Path) -> Clips:
    root.mkdir()
    (root / "a.wav").write_bytes(encode(noise()))
    (root / "b.wav").write_bytes(encode(clicks(120)))
    empty = np.zeros(2, int)
    return Clips(("a.wav", "b.wav"), np.array(["x", "y"]), empty, empty)


def test_one_row_a_clip_in_their_order(tmp_path: Path) -> None:
    clips = make_folder(tmp_path / "data")
    inputs = load_inputs(clips, tmp_path / "data", tmp_path / "cache")
    assert inputs.statistics.shape == (COPIES, 2, len(STATISTICS))
    loud = STATISTICS.index("shape mean 8")
    assert inputs.statistics[0, 0, loud] != inputs.statistics[0, 1, loud]
    assert not np.array_equal(inputs.image[0], inputs.image[1])
    turned = Clips(clips.names[::-1], clips.artists, clips.quadrant, clips.cluster)
    again = load_inputs(turned, tmp_path / "data", tmp_path / "cache")
    assert np.array_equal(again.statistics, inputs.statistics[:, ::-1])


def test_what_is_there_is_not_computed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = make_folder(tmp_path / "data")
    first = load_inputs(clips, tmp_path / "data", tmp_path / "cache")
    (tmp_path / "data" / "a.wav").unlink()
    assert np.array_equal(
        load_inputs(clips, tmp_path / "data", tmp_path / "cache").image, first.image
    )
    monkeypatch.setattr(features, "source_hash", lambda _: "changed")
    with pytest.raises(ClipDamaged):
        load_inputs(clips, tmp_path / "data", tmp_path / "cache")

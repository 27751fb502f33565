from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training.music.data import NO_LABEL, Clips
from training.music.filters import FilterRecipe, learn_encoder
from training.music.fit import Recipe
from training.music.report import segments
from training.music.report.segments import SPLITS, compare_splits

from companion.music.features.extract import IMAGE_ROWS
from companion.music.model.network import Shape
from tests.music.sounds import encode, noise, tone


@pytest.mark.slow
def test_knowing_the_recording_is_no_knowing_of_the_mood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tones whose pitch is the recording's and whose label is chance."""
    monkeypatch.setattr(segments, "CHECKPOINTS", tmp_path / "cache")
    count = 20
    for n in range(count):
        wave = tone(110 * 2 ** (n / 6), 13.0, partials=3) + 0.1 * noise(13.0)
        (tmp_path / f"{n}.wav").write_bytes(encode(wave))
    clips = Clips(
        tuple(f"{n}.wav" for n in range(count)),
        np.array([f"artist {n}" for n in range(count)]),
        np.full(count, NO_LABEL),
        np.random.default_rng(1).permutation(np.arange(count) % 5),
    )
    image = np.random.default_rng(0).normal(size=(20, 16, len(IMAGE_ROWS))).astype(np.float32)
    encoder = learn_encoder(image, FilterRecipe((4,), (6,), 4, 10), seed=0)
    recipe = Recipe(shape=Shape(hidden=32, input_dropout=0.1, dropout=0.1), batch=8, rate=2e-2)
    found = compare_splits(clips, tmp_path, recipe, encoder)
    assert tuple(found) == SPLITS
    assert found["segments at random"] > 0.6
    assert max(found["by clip"], found["by artist"]) < 0.5

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training.music.folds import CrossValidation
from training.music.report.strangers import leave_one_set_out

from tests.training.music.test_folds import COUNT, make_cross_validation


def test_no_artist_of_the_set_that_is_read_is_learned_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    validation = make_cross_validation(tmp_path)
    validation.clips.cluster[::6] = np.arange(COUNT // 6) % 5
    learned: list[np.ndarray] = []
    fit = CrossValidation.fit

    def note(self: CrossValidation, chosen: np.ndarray, *_: object) -> object:
        learned.append(chosen)
        return fit(self, chosen)

    monkeypatch.setattr(CrossValidation, "fit", note)
    # every artist has two clips here: those of the sixths stand in both sets
    validation.clips.artists[::6] = [f"other {n}" for n in range(COUNT // 6)]
    figures = leave_one_set_out(validation)
    to_clusters, to_quadrants = learned
    assert not set(validation.clips.artists[to_clusters]) & set(validation.clips.artists[::6])
    assert set(to_quadrants) <= set(range(0, COUNT, 6))
    assert all(0 <= figure <= 1 for way in figures.values() for figure in way.values())

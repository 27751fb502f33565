from __future__ import annotations

import numpy as np
from training.music.data import NO_LABEL, Clips
from training.music.patches import Patches
from training.music.report.segments import MODELS, SPLITS, compare_splits

COUNT, SEGMENTS, INPUTS = 40, 9, 12


def test_knowing_the_recording_is_no_knowing_of_the_mood() -> None:
    """Segments that sound like their recording, whose label is chance."""
    random = np.random.default_rng(0)
    recordings = random.normal(size=(COUNT, 1, INPUTS))
    sound = recordings + 0.2 * random.normal(size=(COUNT, SEGMENTS, INPUTS))
    clips = Clips(
        tuple(f"{n}.wav" for n in range(COUNT)),
        np.array([f"artist {n}" for n in range(COUNT)]),
        np.full(COUNT, NO_LABEL),
        np.where(np.arange(COUNT) < 4, NO_LABEL, random.permutation(COUNT) % 5),
    )
    found = compare_splits(clips, [Patches(each, each, each) for each in sound])
    assert tuple(found) == SPLITS
    assert all(set(row) == set(MODELS) for row in found.values())
    assert found["segments at random"]["nearest neighbour"] > 0.95
    assert max(found["by clip"].values()) < 0.5
    assert max(found["by artist"].values()) < 0.5

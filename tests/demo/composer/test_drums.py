from __future__ import annotations

import numpy as np
import pytest

from companion.demo.composer.drums import DRUMS, hit
from companion.demo.composer.voices import SAMPLE_RATE


@pytest.mark.parametrize("name", DRUMS)
def test_a_stroke_is_loud_at_first_and_dies_away(name: str) -> None:
    samples = hit(name)
    half = len(samples) // 2
    assert np.isfinite(samples).all()
    assert 0.05 < np.abs(samples[:half]).max() <= 1.5
    assert np.abs(samples[half:]).max() < 0.25 * np.abs(samples[:half]).max()


def centroid(samples: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(samples)) ** 2
    return float((power * np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)).sum() / power.sum())


def test_drums_lie_in_their_registers() -> None:
    assert centroid(hit("kick")) < 500 < centroid(hit("snare")) < centroid(hit("hat"))

"""The rates at which the level of each band goes up and down: from phrases to tremolo.

E. Pampalk et al., "Content-based organization and visualization of music archives", ACM
Multimedia 2002, section 3.1 (there as fluctuation strength).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy import fft

from companion.music.decode import Floats
from companion.music.features.spectrum import FRAME_RATE

BANDS = 16
EDGES_HZ = (0.3, 0.7, 1.4, 2.8, 5.6, 11.0, 21.0)
RATES = len(EDGES_HZ) - 1
SPAN = 256  # frames, 6 s
LEAST = 1e-3


def modulation(mel: Floats) -> Floats:
    """(frames, mels) decibels to (BANDS, RATES): log power of the level's modulation."""
    level = np.stack([part.mean(axis=1) for part in np.array_split(mel, BANDS, axis=1)])
    if level.shape[1] < SPAN:
        level = np.resize(level, (BANDS, SPAN))
    spans = np.lib.stride_tricks.sliding_window_view(level, SPAN, axis=1)[:, :: SPAN // 2]
    centred = spans - spans.mean(axis=2, keepdims=True)
    spectrum = np.abs(fft.rfft(centred * np.hanning(SPAN), axis=2)) ** 2
    mean = spectrum.mean(axis=1)
    return np.log(np.stack([mean[:, rate].mean(axis=1) for rate in _rates()], axis=1) + LEAST)


@lru_cache(maxsize=1)
def _rates() -> tuple[slice, ...]:
    edges = np.searchsorted(np.fft.rfftfreq(SPAN, 1 / FRAME_RATE), EDGES_HZ)
    return tuple(slice(low, high) for low, high in pairwise(edges))

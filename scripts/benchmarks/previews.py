"""Composed pieces as a music service hands them out: MP3, stereo, 44.1 kHz."""

from __future__ import annotations

import io

import numpy as np
import soundfile
import soxr

from companion.demo.composer.compose import compose
from companion.demo.composer.render import render
from companion.demo.composer.voices import SAMPLE_RATE as COMPOSED_RATE

PREVIEW_RATE = 44_100  # samples a second
PIECES = 8


def previews() -> list[bytes]:
    """The files of the first pieces."""
    return [_preview(piece) for piece in range(PIECES)]


def _preview(piece: int) -> bytes:
    left = soxr.resample(render(compose(piece)), COMPOSED_RATE, PREVIEW_RATE)
    right = np.roll(left, PREVIEW_RATE // 1000)
    file = io.BytesIO()
    soundfile.write(file, np.stack([left, right], axis=1), PREVIEW_RATE, format="MP3")
    return file.getvalue()

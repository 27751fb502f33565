from __future__ import annotations

import io
import time

import numpy as np
import pytest
import soundfile

from companion.affect import Quadrant
from companion.demo.composer.compose import compose
from companion.demo.composer.render import SIZE, render, to_mp3
from companion.demo.composer.repertoire import STYLES
from companion.demo.composer.score import Note, Part, Score, Stroke
from companion.demo.composer.styles import FINISH
from companion.demo.composer.voices import SAMPLE_RATE

LATE = Note(29.9, 5.0, 60, 0.8)


def score(*parts: Part, strokes: tuple[Stroke, ...] = (), reverb: float = 0.0) -> Score:
    return Score(parts, strokes, cutoff_hz=8_000, grain=0.1, reverb=reverb, loudness=0.2)


@pytest.mark.parametrize("piece", [0, 1, 2, 3])
def test_a_piece_is_thirty_seconds_at_its_loudness(piece: int) -> None:
    samples = render(compose(piece))
    assert len(samples) == SIZE
    assert samples.dtype == np.float32
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1
    loudness = FINISH[STYLES[piece].quadrant].loudness
    assert 0.8 * loudness < np.sqrt(np.mean(samples**2)) <= loudness


def test_a_piece_is_the_same_each_time() -> None:
    assert np.array_equal(render(compose(3)), render(compose(3)))


def test_a_note_at_the_very_end_is_cut_off() -> None:
    samples = render(score(Part("piano", (LATE,), 1.0)))
    before, within = np.split(np.abs(samples), [int(29.9 * SAMPLE_RATE)])
    assert within.max() > 10 * before.max()
    assert abs(samples[-1]) < 1e-3


def test_silence_stays_silent() -> None:
    samples = render(score(Part("piano", (), 1.0)))
    assert np.abs(samples).max() < 1e-3


def test_a_room_lets_a_stroke_ring_on() -> None:
    stroke = (Stroke(1.0, "hat", 0.9),)
    late = slice(int(1.6 * SAMPLE_RATE), int(2.0 * SAMPLE_RATE))
    dry, wet = (render(score(strokes=stroke, reverb=share)) for share in (0.0, 0.5))
    assert np.std(wet[late]) > 2 * np.std(dry[late])


def test_drive_adds_harmonics() -> None:
    def brightness(drive: float) -> float:
        note = Note(0.5, 3.0, 57, 0.9)
        samples = render(score(Part("ep", (note,), 1.0, drive)))[SAMPLE_RATE : 2 * SAMPLE_RATE]
        power = np.abs(np.fft.rfft(samples)) ** 2
        return float(power[1_000:3_000].sum() / power[200:3_000].sum())  # bins of 1 Hz

    assert brightness(20.0) > 3 * brightness(0.0)


def test_an_mp3_holds_what_was_rendered() -> None:
    samples = render(compose(0))
    decoded, rate = soundfile.read(io.BytesIO(to_mp3(samples)))
    assert rate == SAMPLE_RATE
    assert abs(len(decoded) / rate - 30) < 0.1
    assert abs(np.std(decoded) / np.std(samples) - 1) < 0.05


def test_aroused_pieces_are_brighter_and_louder_than_quiet_ones() -> None:
    def centroid(samples: np.ndarray) -> float:
        power = np.abs(np.fft.rfft(samples))
        return float((power * np.fft.rfftfreq(SIZE, 1 / SAMPLE_RATE)).sum() / power.sum())

    bright: dict[Quadrant, list[float]] = {quadrant: [] for quadrant in Quadrant}
    for piece in range(8):
        bright[STYLES[piece].quadrant].append(centroid(render(compose(piece))))
    quiet = bright[Quadrant.Q3] + bright[Quadrant.Q4]
    assert np.mean(bright[Quadrant.Q1] + bright[Quadrant.Q2]) > 1.5 * np.mean(quiet)


@pytest.mark.slow
def test_the_whole_repertoire_is_rendered_in_time() -> None:
    begun = time.process_time()
    for piece in range(len(STYLES)):
        to_mp3(render(compose(piece)))
    assert time.process_time() - begun < 30

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.demo.composer.compose import MODES, _Grid, _melody, compose
from companion.demo.composer.repertoire import STYLES
from companion.demo.composer.score import PIECE_SECONDS, Score


def pitches(score: Score) -> list[int]:
    return [note.pitch for part in score.parts for note in part.notes]


@settings(max_examples=40, deadline=None)
@given(piece=st.integers(0, 100_000))
def test_any_piece_is_playable(piece: int) -> None:
    score = compose(piece)
    assert len(score.parts) == len(STYLES[piece % 28].layers)
    for part in score.parts:
        assert part.notes
        for note in part.notes:
            assert 0 <= note.start < PIECE_SECONDS
            assert 0 < note.length < 30
            assert 20 <= note.pitch <= 108  # a grand piano's keys, nearly
            assert 0 < note.velocity <= 1
    assert all(0 <= stroke.start < PIECE_SECONDS for stroke in score.strokes)


def test_a_piece_is_always_the_same_and_no_two_are_alike() -> None:
    assert compose(5) == compose(5)
    first, second = compose(0), compose(28)  # of one style
    assert pitches(first) != pitches(second)


@pytest.mark.parametrize("piece", range(28))
def test_every_note_is_of_one_scale(piece: int) -> None:
    """Power chords aside, whose fifths may leave it."""
    style = STYLES[piece]
    score = compose(piece)
    tonal = [
        note.pitch % 12
        for layer, part in zip(style.layers, score.parts, strict=True)
        if layer.role in {"chords", "arpeggio", "melody"}
        for note in part.notes
    ]
    scale = MODES[style.mode]
    fits = [set(tonal) <= {(tonic + step) % 12 for step in scale} for tonic in range(12)]
    assert any(fits)


def test_the_instruments_enter_one_after_the_other_and_leave_one_alone() -> None:
    score = compose(0)
    begins = [min(note.start for note in part.notes) for part in score.parts]
    assert begins == sorted(begins)
    assert begins[-1] > begins[0] + 1
    others = sorted(note.start for part in score.parts[1:] for note in part.notes)
    longest = max(later - earlier for earlier, later in itertools.pairwise(others))
    assert longest > 1.5  # a bar of four beats at 134 bpm lasts 1.8 s
    times = sorted(note.start for note in score.parts[0].notes)
    assert max(later - earlier for earlier, later in itertools.pairwise(times)) < 1


def test_a_melody_comes_back() -> None:
    """The form is A A B A: as many notes in each A, though the chords differ."""
    grid = _Grid(STYLES[21], bpm=120, tonic=0)  # four beats: a bar of 2 s
    layer = STYLES[21].layers[-1]
    notes = list(_melody(layer, grid, np.random.default_rng(1)))
    phrases = [
        [round(note.start % 4, 3) for note in notes if start <= note.start < start + 4]
        for start in (16, 20, 24, 28)
    ]
    assert phrases[0] == phrases[1]
    assert phrases[0] != phrases[2]

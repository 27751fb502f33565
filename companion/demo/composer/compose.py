"""Writes a short piece in a style: chords, bass, a melody that repeats itself, drums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from companion.demo.composer.repertoire import STYLES
from companion.demo.composer.score import PIECE_SECONDS, Note, Part, Score, Stroke
from companion.demo.composer.styles import FINISH, Layer, Style

MODES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}
STEPS_PER_BEAT = 4
OFF_BEAT = 2  # the step that swing makes late
FORM = "AABA"
FILL_BARS = 4  # the last of them ends in a fill
PHRASE_BARS = 2  # a motif's length; it comes back on other chords
MELODY_REST = 0.25  # the chance that a melody is silent where it might sound
TIMING_S = 0.006  # the spread of human timing
ACCENT = {True: 0.9, False: 0.5}  # velocity on the beat and off it


@dataclass(frozen=True, slots=True)
class _Grid:
    """The times at which the steps of the bars begin."""

    style: Style
    bpm: float
    tonic: int  # pitch class

    @property
    def step(self) -> float:
        return 60 / self.bpm / STEPS_PER_BEAT

    @property
    def steps(self) -> int:
        """Steps in a bar."""
        return len(self.style.layers[0].pattern)

    @property
    def bars(self) -> int:
        return int(np.ceil(PIECE_SECONDS / (self.step * self.steps)))

    def time(self, bar: int, step: int) -> float:
        late = self.style.swing if step % STEPS_PER_BEAT == OFF_BEAT else 0.0
        return (bar * self.steps + step + 2 * late) * self.step

    def degree(self, bar: int) -> int:
        return self.style.chords[bar % len(self.style.chords)]

    def pitch(self, degree: int, low: int) -> int:
        """The pitch of a degree of the scale, the tonic being the first from `low` up."""
        octave, place = divmod(degree, 7)
        root = low + (self.tonic - low) % 12
        return root + 12 * octave + MODES[self.style.mode][place]

    def chord(self, bar: int, low: int) -> list[int]:
        """The chord's pitches within the octave from `low` up: closest position."""
        thirds = (0, 2, 4, 6) if self.style.sevenths else (0, 2, 4)
        pitches = (self.pitch(self.degree(bar) + third, low) for third in thirds)
        return sorted(low + (pitch - low) % 12 for pitch in pitches)


def compose(piece: int) -> Score:
    """The piece of that number: its style goes round, its key and its notes are its own."""
    style = STYLES[piece % len(STYLES)]
    rng = np.random.default_rng(piece)
    grid = _Grid(style, style.bpm * rng.uniform(0.97, 1.03), int(rng.integers(12)))
    parts = tuple(
        Part(layer.voice, tuple(_human(_play(layer, grid, rng), rng)), layer.level, layer.drive)
        for layer in style.layers
    )
    strokes = tuple(_drum(grid, rng))
    finish = FINISH[style.quadrant]
    return Score(parts, strokes, style.cutoff_hz, finish.grain, style.reverb, finish.loudness)


def _play(layer: Layer, grid: _Grid, rng: np.random.Generator) -> Iterator[Note]:
    if layer.role == "melody":
        yield from _melody(layer, grid, rng)
        return
    strike = {"chords": _chord, "arpeggio": _arpeggio, "power": _power, "bass": _bass}[layer.role]
    for bar in _present(layer, grid):
        onsets = [step for step, mark in enumerate(layer.pattern) if mark != "."]
        for count, step in enumerate(onsets):
            start, length = grid.time(bar, step), _length(onsets, count, grid) * layer.hold
            for pitch in strike(layer, grid, bar, count, layer.pattern[step]):
                yield Note(start, length, pitch, ACCENT[step % 4 == 0])


def _present(layer: Layer, grid: _Grid) -> Iterator[int]:
    """The bars a layer plays in: they enter one by one, and some leave for the break."""
    place = grid.style.layers.index(layer)
    in_break = place == 0
    for bar in range(min(place, grid.bars // 4), grid.bars):
        if in_break or not _is_break(bar, grid):
            yield bar


def _is_break(bar: int, grid: _Grid) -> bool:
    """A bar in the middle, or two where bars are short, belongs to one instrument."""
    return 0 <= bar - grid.bars // 2 < max(1, grid.bars // 8)


def _length(onsets: list[int], count: int, grid: _Grid) -> float:
    """From an onset to the next, in seconds."""
    following = [*onsets, onsets[0] + grid.steps]
    return (following[count + 1] - onsets[count]) * grid.step


def _chord(layer: Layer, grid: _Grid, bar: int, count: int, mark: str) -> list[int]:
    return grid.chord(bar, layer.low)


def _arpeggio(layer: Layer, grid: _Grid, bar: int, count: int, mark: str) -> list[int]:
    """Up and down the chord, one note at a time."""
    chord = grid.chord(bar, layer.low)
    way = [*chord, chord[0] + 12, *reversed(chord[1:])]
    return [way[count % len(way)]]


def _power(layer: Layer, grid: _Grid, bar: int, count: int, mark: str) -> list[int]:
    root = _root(layer, grid, bar)
    return [root, root + 7, root + 12]


def _bass(layer: Layer, grid: _Grid, bar: int, count: int, mark: str) -> list[int]:
    return [_root(layer, grid, bar) + {"x": 0, "f": 7, "o": 12}[mark]]


def _root(layer: Layer, grid: _Grid, bar: int) -> int:
    return layer.low + (grid.pitch(grid.degree(bar), layer.low) - layer.low) % 12


def _melody(layer: Layer, grid: _Grid, rng: np.random.Generator) -> Iterator[Note]:
    """Two motifs in the order A A B A, each note of a strong beat drawn to the chord."""
    motifs = {name: _motif(layer, rng) for name in "AB"}
    for bar in _present(layer, grid):
        phrase, part = divmod(bar, PHRASE_BARS)
        motif = motifs[FORM[phrase % len(FORM)]][part]
        onsets = [step for step, _ in motif]
        for count, (step, degree) in enumerate(motif):
            pitch = grid.pitch(degree, layer.low)
            if step % 8 == 0:
                pitch = _nearest(pitch, grid.chord(bar, layer.low))
            length = _length(onsets, count, grid) * layer.hold
            yield Note(grid.time(bar, step), length, pitch, ACCENT[step % 4 == 0])


def _motif(layer: Layer, rng: np.random.Generator) -> list[list[tuple[int, int]]]:
    """Steps and degrees of each bar: a walk over the scale, mostly to its neighbours."""
    degree = int(rng.choice([0, 2, 4]))
    bars = []
    for _ in range(PHRASE_BARS):
        bar = []
        for step, mark in enumerate(layer.pattern):
            if mark == "x" and (step == 0 or rng.random() > MELODY_REST):
                bar.append((step, degree))
                degree += int(rng.choice([-2, -1, -1, 0, 1, 1, 2, 3]))
                degree = min(max(degree, -2), 8)
        bars.append(bar)
    return bars


def _nearest(pitch: int, chord: list[int]) -> int:
    everywhere = [tone + 12 * octave for tone in chord for octave in (-1, 0, 1)]
    return min(everywhere, key=lambda tone: abs(tone - pitch))


def _human(notes: Iterator[Note], rng: np.random.Generator) -> Iterator[Note]:
    """As hands play it: never quite in time, never quite even."""
    for note in notes:
        start = max(0.0, note.start + rng.normal(0, TIMING_S))
        velocity = min(1.0, note.velocity * rng.uniform(0.7, 1.1))
        if start < PIECE_SECONDS:
            yield Note(start, note.length, note.pitch, velocity)


def _drum(grid: _Grid, rng: np.random.Generator) -> Iterator[Stroke]:
    """The drums' bars, with a fill on the snare before each fourth bar ends."""
    played = {drum for drum, _ in grid.style.drums}
    for bar in range(1, grid.bars):
        if _is_break(bar, grid):
            continue
        fill = bar % FILL_BARS == FILL_BARS - 1 and "snare" in played
        for drum, pattern in grid.style.drums:
            for step, mark in enumerate(pattern):
                if mark == "x" or (fill and drum == "snare" and step >= len(pattern) - 4):
                    start = max(0.0, grid.time(bar, step) + rng.normal(0, TIMING_S / 2))
                    if start < PIECE_SECONDS:
                        yield Stroke(start, drum, ACCENT[step % 4 == 0] * rng.uniform(0.7, 1.1))

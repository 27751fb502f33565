"""A short piece as notes and drum strokes, before it is sound."""

from __future__ import annotations

from dataclasses import dataclass

PIECE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Note:
    """A tone.

    Attributes:
        start: in seconds from the beginning.
        length: in seconds, until the key is let go.
        pitch: MIDI number, 69 is 440 Hz.
        velocity: loudness in (0, 1].
    """

    start: float
    length: float
    pitch: int
    velocity: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """A hit of a drum, named as in `drums.DRUMS`; start in seconds, velocity in (0, 1]."""

    start: float
    drum: str
    velocity: float


@dataclass(frozen=True, slots=True)
class Part:
    """The notes of one instrument.

    Attributes:
        voice: the instrument, named as in `voices.VOICES`.
        level: its share of the mix.
        drive: how hard its amplifier distorts; 0 not at all.
    """

    voice: str
    notes: tuple[Note, ...]
    level: float
    drive: float = 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """A piece.

    Attributes:
        cutoff_hz: the brightness of the whole: higher frequencies fade.
        grain: how irregular the tones are and how much noise goes with them.
        reverb: the share of the room's sound, in [0, 1].
        loudness: the root mean square of the whole, full scale being 1.
    """

    parts: tuple[Part, ...]
    strokes: tuple[Stroke, ...]
    cutoff_hz: float
    grain: float
    reverb: float
    loudness: float

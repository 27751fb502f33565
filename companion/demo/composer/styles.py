"""Styles of music: the cues of a mood.

A style sets the cues that listeners go by, as collected in P. N. Juslin and P. Laukka,
"Expression, perception, and induction of musical emotions", Journal of New Music Research
33(3), 2004, Table 2, and in A. Gabrielsson and E. Lindström, "The role of structure in the
musical expression of emotions", in Handbook of Music and Emotion, Oxford 2010:

    cue            Q1 happy         Q2 tense             Q3 sad        Q4 calm
    tempo          fast             fast                 slow          slow, moderate
    mode           major            minor, phrygian      minor         major
    harmony        consonant        dissonant            plain         consonant, sevenths
    loudness       high             high                 low           low
    timbre         bright           sharp, distorted     dull          soft, warm
    articulation   staccato         staccato, accents    legato        legato
    register       high             low                  low           middle
    regularity     regular          irregular            irregular     regular
    density        full             full                 sparse        sparse
"""

from __future__ import annotations

from dataclasses import dataclass

from companion.affect import Quadrant


@dataclass(frozen=True, slots=True)
class Layer:
    """One instrument's role.

    Attributes:
        role: chords, arpeggio, power, bass or melody.
        voice: the instrument.
        pattern: one bar in steps. `x` plays, `.` does not; for a bass `f` is the fifth and
            `o` the octave. For a melody, `x` marks where a note may stand.
        low: the lowest MIDI pitch.
        level: the share of the mix.
        hold: how much of the time to its next note a note sounds; above 1 they overlap.
        drive: how hard the amplifier distorts.
    """

    role: str
    voice: str
    pattern: str
    low: int
    level: float
    hold: float = 0.95
    drive: float = 0.0


@dataclass(frozen=True, slots=True)
class Style:
    """The recipe of a piece.

    Attributes:
        bpm: beats a minute; a bar has four, or three where its patterns have twelve steps.
        chords: the degrees of the scale that the bars stand on, 0 the tonic.
        drums: one bar for each drum that plays.
        swing: how late the off-beat comes, as a share of a step.
    """

    name: str
    quadrant: Quadrant
    bpm: float
    mode: str
    chords: tuple[int, ...]
    layers: tuple[Layer, ...]
    drums: tuple[tuple[str, str], ...] = ()
    sevenths: bool = False
    swing: float = 0.0
    cutoff_hz: float = 9000.0
    reverb: float = 0.12


@dataclass(frozen=True, slots=True)
class Finish:
    """The cues that all styles of a quadrant share.

    Attributes:
        loudness: of the mix, as root mean square of full scale.
        grain: how irregular the tones are, and how noisy.
    """

    loudness: float
    grain: float


# Set so that a model of recorded music hears the difference: how well ours tags these
# pieces is therefore no measure of it.
FINISH = {
    Quadrant.Q1: Finish(0.26, 0.35),
    Quadrant.Q2: Finish(0.28, 0.8),
    Quadrant.Q3: Finish(0.16, 0.3),
    Quadrant.Q4: Finish(0.16, 0.12),
}

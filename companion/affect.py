"""The words that every room shares: emotions, the affect plane, readings.

Valence (unpleasant to pleasant) and arousal (sleepy to excited) are in [-1, 1],
the axes of Russell's circumplex model (J. A. Russell, "A circumplex model of
affect", Journal of Personality and Social Psychology 39(6), 1980).
Probabilities are in [0, 1] and sum to 1. Confidence is in [0, 1].
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar


class Emotion(StrEnum):
    """The eight emotions of FER+, in the order of the network's output."""

    NEUTRAL = "neutral"
    HAPPINESS = "happiness"
    SURPRISE = "surprise"
    SADNESS = "sadness"
    ANGER = "anger"
    DISGUST = "disgust"
    FEAR = "fear"
    CONTEMPT = "contempt"


class Quadrant(StrEnum):
    """The quadrants of the affect plane, in the order of the network's output."""

    Q1 = "Q1"  # valence +, arousal +
    Q2 = "Q2"  # valence -, arousal +
    Q3 = "Q3"  # valence -, arousal -
    Q4 = "Q4"  # valence +, arousal -

    @property
    def words(self) -> str:
        """The quadrant as a person reads it."""
        return _QUADRANT_WORDS[self]


_QUADRANT_WORDS = {
    Quadrant.Q1: "happy, excited",
    Quadrant.Q2: "tense, angry",
    Quadrant.Q3: "sad, tired",
    Quadrant.Q4: "calm, content",
}


# What a person may call a quadrant: its number or one of its words, in lower case.
QUADRANT_NAMES: Mapping[str, Quadrant] = {
    name: quadrant
    for quadrant in Quadrant
    for name in (quadrant.value.lower(), *quadrant.words.split(", "))
}
MOOD_NAMES = (*(emotion.value for emotion in Emotion), *QUADRANT_NAMES)


@dataclass(frozen=True, slots=True)
class Affect:
    """A point of the affect plane.

    Raises:
        ValueError: a coordinate is outside [-1, 1] or not a number.
    """

    valence: float
    arousal: float

    def __post_init__(self) -> None:
        if not (abs(self.valence) <= 1 and abs(self.arousal) <= 1):
            raise ValueError(f"affect outside [-1, 1]: {self.valence}, {self.arousal}")

    @classmethod
    def clipped(cls, valence: float, arousal: float) -> Affect:
        """The nearest point of the plane.

        Raises:
            ValueError: a coordinate is not a number.
        """
        # min and max keep their first argument where the other is no number: so it is refused
        return cls(max(min(valence, 1.0), -1.0), max(min(arousal, 1.0), -1.0))

    @property
    def quadrant(self) -> Quadrant:
        """The quadrant it lies in; a point on an axis counts as positive."""
        if self.arousal >= 0:
            return Quadrant.Q1 if self.valence >= 0 else Quadrant.Q2
        return Quadrant.Q4 if self.valence >= 0 else Quadrant.Q3

    def distance(self, other: Affect) -> float:
        """The Euclidean distance, in [0, 2 * sqrt(2)]."""
        return math.hypot(self.valence - other.valence, self.arousal - other.arousal)


# Pleasure and arousal means of happy, surprised, sad, angry, disgusted and fearful in
# J. A. Russell and A. Mehrabian, "Evidence for a three-factor theory of emotions",
# Journal of Research in Personality 11, 1977. Neutral is the origin by definition;
# contempt, which we have no norm for, is put halfway between neutral and disgust.
EMOTION_AFFECT: Mapping[Emotion, Affect] = {
    Emotion.NEUTRAL: Affect(0.0, 0.0),
    Emotion.HAPPINESS: Affect(0.81, 0.51),
    Emotion.SURPRISE: Affect(0.40, 0.67),
    Emotion.SADNESS: Affect(-0.63, -0.27),
    Emotion.ANGER: Affect(-0.51, 0.59),
    Emotion.DISGUST: Affect(-0.60, 0.35),
    Emotion.FEAR: Affect(-0.64, 0.60),
    Emotion.CONTEMPT: Affect(-0.30, 0.18),
}

QUADRANT_AFFECT: Mapping[Quadrant, Affect] = {
    Quadrant.Q1: Affect(0.6, 0.6),
    Quadrant.Q2: Affect(-0.6, 0.6),
    Quadrant.Q3: Affect(-0.6, -0.6),
    Quadrant.Q4: Affect(0.6, -0.6),
}


Label = TypeVar("Label", Emotion, Quadrant)


def expected_affect(probabilities: Mapping[Label, float], places: Mapping[Label, Affect]) -> Affect:
    """The mean of the places, weighted by the probabilities."""
    valence = sum(share * places[key].valence for key, share in probabilities.items())
    arousal = sum(share * places[key].arousal for key, share in probabilities.items())
    return Affect.clipped(valence, arousal)


class Abstention(StrEnum):
    """The reason why a look at the face ends without a mood. A normal answer."""

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_DARK = "too_dark"
    LOW_CONFIDENCE = "low_confidence"


@dataclass(frozen=True, slots=True)
class FaceMood:
    """The face model's result of one look.

    Attributes:
        probabilities: over the eight emotions, calibrated.
        affect: the expected place on the affect plane.
        confidence: the probability that the most probable emotion is right, in [0, 1].
        frames: the number of frames with a face.
    """

    probabilities: Mapping[Emotion, float]
    affect: Affect
    confidence: float
    frames: int

    @property
    def emotion(self) -> Emotion:
        """The most probable emotion."""
        return max(self.probabilities, key=self.probabilities.__getitem__)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The face model's result for the user's resting face.

    Attributes:
        model: the label of the weights that read it; it means nothing to others.
        log_shares: the mean log-probability of each emotion, in the order of `Emotion`.
        looks: over how many looks.
    """

    model: str
    log_shares: tuple[float, ...]
    looks: int


@dataclass(frozen=True, slots=True)
class FaceReading:
    """The end of one look: a mood to go by, or the reason why there is none.

    Attributes:
        mood: the model's result; None where no frame could be read. It stands beside
            LOW_CONFIDENCE too, to be shown but not gone by.
        abstention: why not to go by it; None where all is well.
        detail: the numbers behind the abstention in a few words, else "".

    Raises:
        ValueError: neither a mood nor an abstention.
    """

    mood: FaceMood | None
    abstention: Abstention | None = None
    detail: str = ""

    def __post_init__(self) -> None:
        if self.mood is None and self.abstention is None:
            raise ValueError("a reading needs a mood or the reason why there is none")


@dataclass(frozen=True, slots=True)
class Correction:
    """A reading that the user called wrong.

    Attributes:
        reading_at: when the reading was taken.
        model: the label of the weights whose reading it was.
        said: the emotion that it said.
        name: the user's word for the mood, or "".
        meant: its place; None where the user only said that the reading is wrong.
    """

    reading_at: datetime
    model: str
    said: Emotion
    name: str = ""
    meant: Affect | None = None


@dataclass(frozen=True, slots=True)
class PitchRange:
    """The fundamental frequency of a clip.

    Attributes:
        low_hz, high_hz: its 5th and 95th percentile over the voiced frames; 0 without any.
        voiced: the share of voiced frames, in [0, 1].
    """

    low_hz: float
    high_hz: float
    voiced: float


@dataclass(frozen=True, slots=True)
class TrackMood:
    """The music model's result for one track.

    Attributes:
        probabilities: over the four quadrants, calibrated.
        affect: the expected place on the affect plane.
        confidence: the probability that the most probable quadrant is right, in [0, 1].
        tempo: beats per minute.
        pitch: the range of the fundamental frequency.
        model: the name and version of the weights that said so.
    """

    probabilities: Mapping[Quadrant, float]
    affect: Affect
    confidence: float
    tempo: float
    pitch: PitchRange
    model: str

    @property
    def quadrant(self) -> Quadrant:
        """The most probable quadrant."""
        return max(self.probabilities, key=self.probabilities.__getitem__)

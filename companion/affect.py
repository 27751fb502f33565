"""The words that every room shares: emotions, the affect plane, readings.

Valence (unpleasant to pleasant) and arousal (sleepy to excited) are in [-1, 1],
the axes of Russell's circumplex model (J. A. Russell, "A circumplex model of
affect", Journal of Personality and Social Psychology 39(6), 1980).
Probabilities are in [0, 1] and sum to 1. Confidence is in [0, 1].
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
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


NEAR = 0.1  # from an axis of the affect plane: on neither side of it

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

    @property
    def side(self) -> str:
        """Its side of each axis in words; near an axis neither."""
        words = []
        if abs(self.valence) >= NEAR:
            words.append("pleasant" if self.valence > 0 else "unpleasant")
        if abs(self.arousal) >= NEAR:
            words.append("high arousal" if self.arousal > 0 else "low arousal")
        return ", ".join(words) or "neutral"

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

    @property
    def spread(self) -> float:
        """The expected distance of the true place from `affect`, in [0, 2].

        The root of the mean squared distance over the probabilities: emotions that lie close on
        the affect plane, as fear and anger, may be confused without it.
        """
        squares = (
            share * self.affect.distance(EMOTION_AFFECT[emotion]) ** 2
            for emotion, share in self.probabilities.items()
        )
        return math.sqrt(sum(squares))


SHAPE = 6
FEATURES = len(Emotion) + SHAPE
IDENTITY = 16
LEAST_LOOKS = 3.0  # that a resting face must be worth before readings go by it

Numbers = tuple[float, ...]
"""Of a look: its features, `FEATURES` numbers of what the face shows, which are the eight logits of
the face model before any adaptation, of mean 0, and `SHAPE` numbers of the face's shape; or its
identity, `IDENTITY` numbers that tell people apart and change little with the expression."""


@dataclass(frozen=True, slots=True)
class LookDescription:
    """A look in numbers.

    Attributes:
        model: the label of the weights that they are of; they mean nothing to others.
        features: (`FEATURES`,), what the face shows.
        identity: (`IDENTITY`,), whose face it is, of length 1.
    """

    model: str
    features: Numbers
    identity: Numbers


@dataclass(frozen=True, slots=True)
class RestingFace:
    """The running estimate of the user's resting face; see `companion.face.resting`.

    Attributes:
        model: the label of the weights that its numbers are of.
        features: (`FEATURES`,), what the face shows at rest.
        identity: (`IDENTITY`,), whose face it is, of length 1.
        looks: how many looks it is worth.
        seen: how many looks it was learned from.
        day: of the last look that counted, as `datetime.date.toordinal`.
        day_looks: how much the looks of that day have counted.
        strangers: how many more looks of late were of somebody else than of the user.
        calibrated: whether `companion calibrate` has set it.
    """

    model: str
    features: Numbers
    identity: Numbers
    looks: float
    seen: int
    day: int
    day_looks: float
    strangers: int = 0
    calibrated: bool = False


@dataclass(frozen=True, slots=True)
class MoodExample:
    """The user's face in one mood.

    Attributes:
        emotion: the mood, as the user called it.
        features: (`FEATURES`,), the mean over its looks.
        looks: over how many looks.
    """

    emotion: Emotion
    features: Numbers
    looks: float = 1.0


@dataclass(frozen=True, slots=True)
class FaceProfile:
    """All that is known of the user's face.

    Attributes:
        model: the label of the weights that its numbers are of.
        resting: None before the first look.
        examples: of moods other than neutral, at most one each.
    """

    model: str
    resting: RestingFace | None = None
    examples: tuple[MoodExample, ...] = ()


@dataclass(frozen=True, slots=True)
class FaceReading:
    """The end of one look: a mood to go by, or the reason why there is none.

    Attributes:
        mood: the model's result; None where no frame could be read. It stands beside
            LOW_CONFIDENCE too, to be shown but not gone by.
        abstention: why not to go by it; None where all is well.
        detail: the numbers behind the abstention in a few words; without one, which side of the
            affect plane is sure where the emotion is not; else "".
        look: what was seen, before it was adapted to the user; None where no frame could be read.
        resting: what is known of the user's resting face after the look; None where that is
            not asked for, or nothing could be learned.
        camera_seconds: for how long the source was open; None where nobody measured it.

    Raises:
        ValueError: neither a mood nor an abstention.
    """

    mood: FaceMood | None
    abstention: Abstention | None = None
    detail: str = ""
    look: LookDescription | None = None
    resting: RestingFace | None = None
    camera_seconds: float | None = None

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
class KeptFeatures:
    """All that the music model knows of a clip: other weights can tag from it without the clip.

    Attributes:
        version: of what computed them.
        numbers: as `companion.music.track_features` packs them.
    """

    version: int
    numbers: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TrackMood:
    """The music model's result for one track.

    Attributes:
        probabilities: over the four quadrants, calibrated.
        affect: the place on the affect plane.
        confidence: the probability that the most probable quadrant is right, in [0, 1].
        tempo: at which a listener taps, in beats per minute.
        pitch: the range of the fundamental frequency.
        model: the name and version of the weights that said so.
        tags: words for what was heard, such as "acoustic"; none that was not measured.
        instrumental: how likely nobody sings, in [0, 1]; None where it was not asked.
        valence_spread, arousal_spread: the standard deviation of the true place about the one that
            is told; 0 where it is not known.
        features: what it was read from; None where that is not to be kept.
    """

    probabilities: Mapping[Quadrant, float]
    affect: Affect
    confidence: float
    tempo: float
    pitch: PitchRange
    model: str
    tags: tuple[str, ...] = ()
    instrumental: float | None = None
    valence_spread: float = 0.0
    arousal_spread: float = 0.0
    features: KeptFeatures | None = None

    @property
    def quadrant(self) -> Quadrant:
        """The most probable quadrant."""
        return max(self.probabilities, key=self.probabilities.__getitem__)

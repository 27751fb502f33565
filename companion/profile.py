"""What adapts readings to one person's face: numbers, never an image.

A look is described by *features*, `FEATURES` numbers of what the face shows: the eight logits
of the face model before any adaptation, of mean 0, then `SHAPE` numbers of the face's shape. A
person is told from another by `IDENTITY` numbers, which change little with the expression.
See `companion.affect.LookDescription`.
"""

from __future__ import annotations

from dataclasses import dataclass

from companion.affect import Emotion

SHAPE = 6
FEATURES = len(Emotion) + SHAPE
IDENTITY = 16

Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class MoodExample:
    """What the user's face shows in one mood.

    Attributes:
        emotion: the mood, as the user called it.
        features: (`FEATURES`,), the mean over its looks.
        looks: over how many looks.
    """

    emotion: Emotion
    features: Numbers
    looks: float = 1.0


@dataclass(frozen=True, slots=True)
class RestingFace:
    """The running estimate of the user's resting face; see `companion.face.resting`.

    Attributes:
        features: (`FEATURES`,), what the face shows at rest.
        identity: (`IDENTITY`,), whose face it is, of length 1.
        looks: how many looks it is worth.
        seen: how many looks it was learned from.
        day: of the last look that counted, as `datetime.date.toordinal`.
        day_looks: how much the looks of that day have counted.
        strangers: how many more looks of late were of somebody else than of the user.
        calibrated: whether `companion calibrate` has set it.
    """

    features: Numbers
    identity: Numbers
    looks: float
    seen: int
    day: int
    day_looks: float
    strangers: int = 0
    calibrated: bool = False


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

"""What adapts readings to one person's face: numbers, never an image.

A look is described by *features*, `FEATURES` numbers of what the face shows: the eight logits
of the face model before any adaptation, of mean 0, then `SHAPE` numbers of the face's shape. A
person is told from another by `IDENTITY` numbers, which change little with the expression.
See `companion.affect` for `LookDescription` and `RestingFace`.
"""

from __future__ import annotations

from dataclasses import dataclass

from companion.affect import Emotion, RestingFace

SHAPE = 6
FEATURES = len(Emotion) + SHAPE
IDENTITY = 16
LEAST_LOOKS = 3.0  # that a resting face must be worth before readings go by it

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

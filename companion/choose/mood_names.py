"""The names of moods that a person may use: emotions, quadrants, their words, or a point."""

import difflib
from dataclasses import dataclass

from companion.affect import (
    EMOTION_AFFECT,
    MOOD_NAMES,
    QUADRANT_AFFECT,
    QUADRANT_NAMES,
    Affect,
    Emotion,
)
from companion.errors import UsageError


@dataclass(frozen=True, slots=True)
class NamedMood:
    """A mood as a person gave it.

    Attributes:
        name: the emotion, quadrant, word or point, as it is shown.
        emotion: None where it is no emotion's name.
    """

    name: str
    affect: Affect
    emotion: Emotion | None = None


def parse_mood(text: str) -> NamedMood:
    """Read a mood's name, or a point such as `0.3,-0.5` (valence, arousal).

    Raises:
        UsageError: it is none of them.
    """
    name = text.strip().lower()
    if name in list(Emotion):
        return NamedMood(name, EMOTION_AFFECT[Emotion(name)], Emotion(name))
    if name in QUADRANT_NAMES:
        return NamedMood(name, QUADRANT_AFFECT[QUADRANT_NAMES[name]])
    if "," in name:
        affect = _parse_point(name)
        return NamedMood(f"{affect.valence:g},{affect.arousal:g}", affect)
    close = difflib.get_close_matches(name, MOOD_NAMES, 1, 0.6)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise UsageError(f"{text!r} is not a mood.{hint}", f"Moods: {', '.join(MOOD_NAMES)}, or V,A.")


def _parse_point(text: str) -> Affect:
    try:
        valence, arousal = (float(part) for part in text.split(","))
        return Affect(valence, arousal)
    except ValueError:
        raise UsageError(
            f"{text!r} is not a place on the affect plane.",
            "Give valence and arousal from -1 to 1, such as 0.3,-0.5.",
        ) from None

"""The user's corrections of readings, and their effect on the readings to come.

One correction changes one reading. Where the last `CONSISTENT` corrections of the same
emotion agree, the readings to come that say it are moved: with n corrections,
n / (n + CAUTION) of the way to what was meant. Others leave every reading as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import fmean

from companion.affect import Affect, Correction, Emotion, FaceMood
from companion.choose.strategy import between

CONSISTENT = 3
CAUTION = 2
AGREEMENT = 0.5
"""So far from their mean, on the affect plane, corrections may lie and still agree."""
DOUBT = 0.5
"""The factor of the confidence of an emotion that was only called wrong."""

Readings = Sequence[tuple[datetime, FaceMood]]


@dataclass(frozen=True, slots=True)
class Lesson:
    """The lesson of consistent corrections of one emotion.

    Attributes:
        meant: where their mean lies; None where they only say that it is wrong.
    """

    said: Emotion
    count: int
    meant: Affect | None
    name: str = ""

    @property
    def words(self) -> str:
        """The lesson as a person reads it."""
        told = f"you called {self.said} wrong {self.count} times"
        if self.meant is None:
            return f"{told}, so it is trusted less"
        return f"{told} and said {self.name}, so it is moved there"


def learn(corrections: Iterable[Correction]) -> dict[Emotion, Lesson]:
    """The lessons of the corrections, which come oldest first; {} without consistent ones."""
    lessons = {}
    kinds: dict[Emotion, list[Correction]] = {}
    for correction in corrections:
        kinds.setdefault(correction.said, []).append(correction)
    for said, kind in kinds.items():
        agreeing = _agreeing(kind)
        if len(agreeing) >= CONSISTENT:
            lessons[said] = Lesson(said, len(agreeing), _middle(agreeing), agreeing[-1].name)
    return lessons


def adjust(mood: FaceMood, lessons: Mapping[Emotion, Lesson]) -> FaceMood:
    """The reading as the lessons move it; itself where none is of its emotion."""
    lesson = lessons.get(mood.emotion)
    if lesson is None:
        return mood
    if lesson.meant is None:
        return replace(mood, confidence=mood.confidence * DOUBT)
    share = lesson.count / (lesson.count + CAUTION)
    return replace(mood, affect=between(mood.affect, lesson.meant, share))


def correct(
    readings: Readings, corrections: Sequence[Correction]
) -> list[tuple[datetime, FaceMood]]:
    """The readings as they should have been: corrected ones moved or left out, others adjusted."""
    lessons = learn(corrections)
    by_reading = {correction.reading_at: correction for correction in corrections}
    corrected = []
    for at, mood in readings:
        correction = by_reading.get(at)
        if correction is None:
            corrected.append((at, adjust(mood, lessons)))
        elif correction.meant:
            corrected.append((at, replace(mood, affect=correction.meant, confidence=1.0)))
    return corrected


def _agreeing(kind: Sequence[Correction]) -> list[Correction]:
    """The newest corrections of one emotion, back to the first that disagrees with them."""
    agreeing: list[Correction] = []
    for correction in reversed(kind):
        if not _agree([correction, *agreeing]):
            break
        agreeing.insert(0, correction)
    return agreeing


def _agree(corrections: Sequence[Correction]) -> bool:
    meant = [one.meant for one in corrections if one.meant]
    if len(meant) != len(corrections):
        return not meant
    middle = _mean(meant)
    return all(place.distance(middle) <= AGREEMENT for place in meant)


def _middle(corrections: Sequence[Correction]) -> Affect | None:
    meant = [one.meant for one in corrections if one.meant]
    return _mean(meant) if meant else None


def _mean(places: Sequence[Affect]) -> Affect:
    valence = fmean(place.valence for place in places)
    return Affect.clipped(valence, fmean(place.arousal for place in places))

"""A made-up library whose labels are known, and whose tags are right in four cases of five."""

from __future__ import annotations

from evaluation.library import Clip

from companion.affect import QUADRANT_AFFECT, Affect, Quadrant
from companion.track import TaggedTrack, Track
from tests.choose.makers import seeded


def make_library(size: int = 160, right: float = 0.8) -> list[Clip]:
    """Clips around the quadrants' places; a tag that is wrong is not sure either."""
    draws = seeded(3)
    clips = []
    for number in range(size):
        label = list(Quadrant)[number % 4]
        is_right = draws.random() < right
        said = label if is_right else draws.choice([one for one in Quadrant if one is not label])
        sure = draws.uniform(0.6, 1.0) if is_right else draws.uniform(0.3, 0.7)
        place = QUADRANT_AFFECT[said]
        tagged = TaggedTrack(
            Track(f"{number:03}", f"{number:03}", f"Clip {number}", (f"Artist {number // 2}",)),
            Affect(sure * place.valence, sure * place.arousal),
            sure,
        )
        clips.append(Clip(tagged, label))
    return clips

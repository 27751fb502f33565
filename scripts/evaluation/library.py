"""The labelled clips as a library: out-of-fold tags to choose by, human labels to judge by."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.music.data import QUADRANTS, read_clips

from companion.affect import QUADRANT_AFFECT, Quadrant, expected_affect
from companion.music.model.place import Place, place
from companion.track import TaggedTrack, Track
from evaluation.draws import seeded


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip as a track of the library.

    Attributes:
        tagged: with the tag of a model that never heard the clip's artist.
        label: the quadrant that people put the clip in.
    """

    tagged: TaggedTrack
    label: Quadrant


Placing = Callable[[Mapping[Quadrant, float]], Place]


def at_corners(shares: Mapping[Quadrant, float]) -> Place:
    """The mean of the quadrants' corners, without a spread: how tracks were placed before."""
    return Place(expected_affect(shares, QUADRANT_AFFECT), 0.0, 0.0)


def read_library(data: Path, tags: Path, placing: Placing = place) -> list[Clip]:
    """The clips with a quadrant label and an out-of-fold tag.

    Args:
        data: the folder of the labelled clips.
        tags: the music model's oof.json.
        placing: from probabilities to a place.
    """
    clips = read_clips(data)
    found = json.loads(tags.read_text("utf-8"))["clips"]
    return [
        Clip(_tagged(name, str(artist), found[name], placing), QUADRANTS[label])
        for name, artist, label in zip(clips.names, clips.artists, clips.quadrant, strict=True)
        if name in found and label >= 0
    ]


def _tagged(name: str, artist: str, tag: Mapping[str, Any], placing: Placing) -> TaggedTrack:
    where = placing(dict(zip(QUADRANTS, tag["probabilities"], strict=True)))
    spread = (where.valence_spread, where.arousal_spread)
    track = Track(name, name, name, (artist,))
    return TaggedTrack(track, where.affect, tag["confidence"], spread)


def split_artists(
    library: Sequence[Clip], share: float, seed: int
) -> tuple[list[Clip], list[Clip]]:
    """A share of the artists with their clips, and the others."""
    artists = sorted({clip.tagged.track.artist for clip in library})
    seeded(seed).shuffle(artists)
    chosen = set(artists[: round(share * len(artists))])
    inside = [clip for clip in library if clip.tagged.track.artist in chosen]
    return inside, [clip for clip in library if clip.tagged.track.artist not in chosen]

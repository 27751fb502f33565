"""The labelled clips as a library: out-of-fold tags to choose by, human labels to judge by."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.music.data import QUADRANTS, read_clips

from companion.affect import QUADRANT_AFFECT, Quadrant, expected_affect
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


def read_library(data: Path, tags: Path) -> list[Clip]:
    """The clips with a quadrant label and an out-of-fold tag.

    Args:
        data: the folder of the labelled clips.
        tags: the music model's oof.json.
    """
    clips = read_clips(data)
    found = json.loads(tags.read_text("utf-8"))["clips"]
    return [
        Clip(_tagged(name, str(artist), found[name]), QUADRANTS[label])
        for name, artist, label in zip(clips.names, clips.artists, clips.quadrant, strict=True)
        if name in found and label >= 0
    ]


def _tagged(name: str, artist: str, tag: Mapping[str, Any]) -> TaggedTrack:
    shares = dict(zip(QUADRANTS, tag["probabilities"], strict=True))
    place = expected_affect(shares, QUADRANT_AFFECT)
    return TaggedTrack(Track(name, name, name, (artist,)), place, tag["confidence"])


def split_artists(
    library: Sequence[Clip], share: float, seed: int
) -> tuple[list[Clip], list[Clip]]:
    """A share of the artists with their clips, and the others."""
    artists = sorted({clip.tagged.track.artist for clip in library})
    seeded(seed).shuffle(artists)
    chosen = set(artists[: round(share * len(artists))])
    inside = [clip for clip in library if clip.tagged.track.artist in chosen]
    return inside, [clip for clip in library if clip.tagged.track.artist not in chosen]

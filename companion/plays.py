"""Tracks that were played: who started them, and how they ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from companion.affect import Affect


class Initiative(StrEnum):
    """Who is behind a track that plays."""

    USER = "user"
    """The user started it: by choosing it, or by choosing the album or playlist it begins."""
    CONTINUED = "continued"
    """The album, playlist or radio that the user started went on with it."""
    COMPANION = "companion"
    """The companion queued it."""


class PlayEnding(StrEnum):
    """How a track that played ended."""

    FINISHED = "finished"
    SKIPPED_EARLY = "skipped_early"
    """Left within the first half minute or the first fifth."""
    SKIPPED_LATE = "skipped_late"
    PLAYING = "playing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Play:
    """One track that was played.

    Attributes:
        track_id: which one.
        started_at: when it began.
        affect: where its tag lies; None where it has none.
        spread: the standard deviation of the tag along each axis.
        initiative: who started it.
        ending: how it ended, as far as that is known.
        album: the name of its album; "" where unknown.
        context: the URI of the album or playlist it was played from; "" where unknown.
        shuffled: whether that was played in random order; None where unknown.
        volume: of the device, in [0, 100]; None where the player does not tell it.
        again: whether the user had played it within the hour before.
    """

    track_id: str
    started_at: datetime
    affect: Affect | None
    spread: float = 0.35
    initiative: Initiative = Initiative.USER
    ending: PlayEnding = PlayEnding.UNKNOWN
    album: str = ""
    context: str = ""
    shuffled: bool | None = None
    volume: int | None = None
    again: bool = False


SUREST_SPREAD, DOUBT_SPREAD = 0.25, 0.4


def tag_spread(confidence: float) -> float:
    """The standard deviation of a tag along each axis, by its confidence in [0, 1]."""
    return SUREST_SPREAD + DOUBT_SPREAD * (1 - confidence)

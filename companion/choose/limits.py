"""The hard limits: a track that one of them refuses is never queued, however well it fits."""

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from companion.config.schema import Choose
from companion.names import Names
from companion.track import Track


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit.

    Attributes:
        name: the word for it, such as "no_repeat".
        words: the predicate for tracks that do not pass, after "every other fitting track".
    """

    name: str
    words: str
    allows: Callable[[Track], bool]


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts that the limits need beside the settings.

    Attributes:
        ahead: the tracks that play and come in Spotify.
        just_played: the ids of tracks that played a short while ago, whoever chose them.
        queued: the ids that the companion queued within the no-repeat hours.
        artists: the main artists of its last picks and of what plays, as many as are spaced.
        refused: the ids of tracks that Spotify refused to play of late.
        blocked, blocked_artists: the ids and names that the user blocked.
    """

    now: datetime
    ahead: Sequence[Track] = ()
    just_played: Collection[str] = ()
    queued: Collection[str] = ()
    artists: Collection[str] = ()
    blocked: Collection[str] = ()
    blocked_artists: Collection[str] = ()
    refused: Collection[str] = ()


def make_limits(settings: Choose, situation: Situation) -> tuple[Limit, ...]:
    """All limits of the settings, in the order in which they are asked.

    What Spotify does not tell of a track, such as its length, passes no limit that asks for it.
    """
    here = situation
    blocked, near = Names(here.blocked_artists), Names(here.artists)
    limits = [
        Limit(
            "blocked",
            "is blocked",
            lambda track: track.id not in here.blocked and blocked.isdisjoint(track.artists),
        ),
        Limit(
            "refused",
            "cannot be played by Spotify now",
            lambda track: track.is_playable and track.id not in here.refused,
        ),
        Limit(
            "ahead",
            "plays or is in Spotify's queue",
            lambda track: not any(map(track.is_same, here.ahead)),
        ),
        _not_in("just_played", "has just played", here.just_played),
        _not_in("no_repeat", "was queued a short while ago", here.queued),
        Limit(
            "artist_spacing",
            "is by an artist of the last picks",
            lambda track: track.artist not in near,
        ),
    ]
    return (*limits, *_limits_by_nature(settings, here.now))


def _not_in(name: str, words: str, ids: Collection[str]) -> Limit:
    return Limit(name, words, lambda track: track.id not in ids)


def _limits_by_nature(settings: Choose, now: datetime) -> Iterator[Limit]:
    """The limits that the user has set on what a track is, whatever has played."""
    if not settings.explicit:
        yield Limit("explicit", "is explicit", lambda track: not track.explicit)
    shortest, longest = settings.shortest_seconds, settings.longest_seconds or math.inf
    if shortest or settings.longest_seconds:
        yield Limit(
            "duration",
            "is too short or too long",
            lambda track: track.duration_ms > 0 and shortest <= track.duration_ms / 1000 <= longest,
        )
    if days := settings.saved_at_least_days:
        latest = now - timedelta(days=days)
        yield Limit(
            "saved_at_least",
            "was saved too recently",
            lambda track: track.added_at is not None and track.added_at <= latest,
        )
    if days := settings.saved_at_most_days:
        earliest = now - timedelta(days=days)
        yield Limit(
            "saved_at_most",
            "was saved too long ago",
            lambda track: track.added_at is not None and track.added_at >= earliest,
        )

"""The hard limits: a track that one of them refuses is never queued, however well it fits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
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
    """All limits of the settings, in the order in which they are asked."""
    limits = [
        not_blocked(situation.blocked, situation.blocked_artists),
        not_refused(situation.refused),
        not_ahead(situation.ahead),
        not_just_played(situation.just_played),
        no_repeat(situation.queued),
        artist_spacing(situation.artists),
    ]
    if not settings.explicit:
        limits.append(not_explicit())
    if settings.shortest_seconds or settings.longest_seconds:
        limits.append(duration_range(settings.shortest_seconds, settings.longest_seconds))
    if settings.saved_at_least_days:
        limits.append(saved_at_least(settings.saved_at_least_days, situation.now))
    if settings.saved_at_most_days:
        limits.append(saved_at_most(settings.saved_at_most_days, situation.now))
    return tuple(limits)


def not_blocked(tracks: Collection[str], artists: Collection[str]) -> Limit:
    """No track and no artist, main or other, that the user blocked."""
    named = Names(artists)

    def allows(track: Track) -> bool:
        return track.id not in tracks and named.isdisjoint(track.artists)

    return Limit("blocked", "is blocked", allows)


def not_refused(tracks: Collection[str]) -> Limit:
    """No track that Spotify refused to play of late."""
    return Limit("refused", "cannot be played by Spotify now", lambda track: track.id not in tracks)


def not_ahead(ahead: Sequence[Track]) -> Limit:
    """Nothing that plays or comes anyway, under this or another id."""
    return Limit(
        "ahead",
        "plays or is in Spotify's queue",
        lambda track: not any(track.is_same(other) for other in ahead),
    )


def not_just_played(just_played: Collection[str]) -> Limit:
    """Nothing that was heard a short while ago, whoever chose it."""
    return Limit("just_played", "has just played", lambda track: track.id not in just_played)


def no_repeat(queued: Collection[str]) -> Limit:
    """Nothing that the companion queued within the no-repeat hours."""
    return Limit("no_repeat", "was queued a short while ago", lambda track: track.id not in queued)


def artist_spacing(artists: Collection[str]) -> Limit:
    """No main artist of the last picks."""
    near = Names(artists)
    return Limit(
        "artist_spacing",
        "is by an artist of the last picks",
        lambda track: track.artist not in near,
    )


def not_explicit() -> Limit:
    """Nothing that Spotify marks as explicit."""
    return Limit("explicit", "is explicit", lambda track: not track.explicit)


def duration_range(shortest_s: float, longest_s: float) -> Limit:
    """Not shorter and not longer, in seconds; 0 is no limit. An unknown length does not pass."""
    longest = longest_s or float("inf")
    return Limit(
        "duration",
        "is too short or too long",
        lambda track: shortest_s <= track.duration_ms / 1000 <= longest and track.duration_ms > 0,
    )


def saved_at_least(days: float, now: datetime) -> Limit:
    """Saved so long ago or longer; where Spotify does not say when, it does not pass."""
    latest = now - timedelta(days=days)
    return Limit(
        "saved_at_least",
        "was saved too recently",
        lambda track: track.added_at is not None and track.added_at <= latest,
    )


def saved_at_most(days: float, now: datetime) -> Limit:
    """Saved no longer ago; where Spotify does not say when, it does not pass."""
    earliest = now - timedelta(days=days)
    return Limit(
        "saved_at_most",
        "was saved too long ago",
        lambda track: track.added_at is not None and track.added_at >= earliest,
    )

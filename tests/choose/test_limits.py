from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.choose.limits import (
    Limit,
    Situation,
    artist_spacing,
    duration_range,
    make_limits,
    no_repeat,
    not_ahead,
    not_blocked,
    not_explicit,
    not_just_played,
    saved_at_least,
    saved_at_most,
)
from companion.choose.pick import Past, Pick, pick, shortlist
from companion.choose.score import weigh
from companion.choose.strategy import Target
from companion.choose.taste import Counts, Evidence
from companion.config.schema import Choose
from companion.track import TaggedTrack, Track
from tests.choose.makers import seeded, seeds, targets

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SONG = Track("1", "spotify:track:1", "Song", ("Who", "Whom"), duration_ms=200_000, isrc="ZZ1")

names = st.sampled_from(["a", "b", "c", "d"])
ids = st.sets(names)
tracks = st.builds(
    Track,
    id=names,
    uri=st.just("spotify:track:x"),
    title=names,
    artists=st.lists(names, max_size=2).map(tuple),
    duration_ms=st.integers(0, 600_000),
    explicit=st.booleans(),
    added_at=st.none() | st.integers(0, 800).map(lambda days: NOW - days * DAY),
)
settings = st.builds(
    Choose,
    explicit=st.booleans(),
    shortest_seconds=st.sampled_from([0.0, 60.0, 240.0]),
    longest_seconds=st.sampled_from([0.0, 200.0, 400.0]),
    saved_at_least_days=st.sampled_from([0.0, 30.0, 365.0]),
    saved_at_most_days=st.sampled_from([0.0, 30.0, 365.0]),
)
situations = st.builds(
    Situation,
    now=st.just(NOW),
    ahead=st.lists(tracks, max_size=2),
    just_played=ids,
    queued=ids,
    artists=ids,
    blocked=ids,
    blocked_artists=ids,
)


@pytest.mark.parametrize(
    ("limit", "track", "allowed"),
    [
        (not_blocked({"1"}, ()), SONG, False),
        (not_blocked({"2"}, {"Other"}), SONG, True),
        pytest.param(not_blocked((), {"WHOM "}), SONG, False, id="a guest, in another spelling"),
        pytest.param(not_blocked((), {""}), replace(SONG, artists=()), True, id="of no artist"),
        (not_ahead([SONG]), SONG, False),
        pytest.param(not_ahead([SONG]), replace(SONG, id="2"), False, id="under another id"),
        (not_ahead([]), SONG, True),
        (not_just_played({"1"}), SONG, False),
        (not_just_played({"2"}), SONG, True),
        (no_repeat({"1"}), SONG, False),
        (no_repeat(()), SONG, True),
        (artist_spacing({"who"}), SONG, False),
        pytest.param(artist_spacing({"Whom"}), SONG, True, id="guests are not spaced"),
        pytest.param(artist_spacing({""}), replace(SONG, artists=()), True, id="nor unknown ones"),
        (not_explicit(), SONG, True),
        (not_explicit(), replace(SONG, explicit=True), False),
        (duration_range(200, 200), SONG, True),
        (duration_range(200.001, 0), SONG, False),
        (duration_range(0, 199.999), SONG, False),
        (duration_range(0, 0), SONG, True),
        pytest.param(duration_range(0, 300), replace(SONG, duration_ms=0), False, id="no length"),
        (saved_at_least(7, NOW), replace(SONG, added_at=NOW - 7 * DAY), True),
        (saved_at_least(7, NOW), replace(SONG, added_at=NOW - 6.99 * DAY), False),
        (saved_at_most(7, NOW), replace(SONG, added_at=NOW - 7 * DAY), True),
        (saved_at_most(7, NOW), replace(SONG, added_at=NOW - 7.01 * DAY), False),
        pytest.param(saved_at_least(7, NOW), SONG, False, id="nobody knows how long it is saved"),
        pytest.param(saved_at_most(7, NOW), SONG, False, id="nor whether lately"),
    ],
    ids=lambda value: value.name if isinstance(value, Limit) else "",
)
def test_what_a_limit_lets_pass(limit: Limit, track: Track, *, allowed: bool) -> None:
    assert limit.allows(track) is allowed


def test_by_default_nothing_is_asked_of_a_tracks_own_nature() -> None:
    names = [limit.name for limit in make_limits(Choose(), Situation(NOW))]
    assert names == ["blocked", "refused", "ahead", "just_played", "no_repeat", "artist_spacing"]


def test_each_has_its_own_name_and_words() -> None:
    strict = Choose(explicit=False, shortest_seconds=1, saved_at_least_days=1, saved_at_most_days=9)
    limits = make_limits(strict, Situation(NOW))
    assert len({limit.name for limit in limits}) == len({limit.words for limit in limits}) == 10


def allowed_by_hand(track: Track, chosen: Choose, there: Situation) -> bool:
    """The limits once more, in other words."""
    age = NOW - track.added_at if track.added_at else None
    long = track.duration_ms / 1000
    return not (
        track.id in {*there.just_played, *there.queued, *there.blocked, *there.refused}
        or set(track.artists) & set(there.blocked_artists)
        or (track.artists and track.artists[0] in there.artists)
        or any(track.is_same(other) for other in there.ahead)
        or (track.explicit and not chosen.explicit)
        or (chosen.shortest_seconds and long < chosen.shortest_seconds)
        or (chosen.longest_seconds and (long > chosen.longest_seconds or not long))
        or (chosen.saved_at_least_days and (not age or age.days < chosen.saved_at_least_days))
        or (chosen.saved_at_most_days and (age is None or age.days > chosen.saved_at_most_days))
    )


@given(st.lists(tracks, min_size=1, max_size=12), settings, situations, targets, seeds)
def test_no_taste_lets_a_track_pass_a_limit(
    library: list[Track], chosen: Choose, there: Situation, target: Target, seed: int
) -> None:
    limits = make_limits(chosen, there)
    candidates = [weigh(TaggedTrack(track, target.affect, 0.9), target) for track in library]
    short = shortlist(candidates, limits)
    loved = {track.id: Evidence(Counts(1000, 0), Counts(1000, 0)) for track in library}
    assert [one.tagged.track for one in short.fitting] == [
        track for track in library if allowed_by_hand(track, chosen, there)
    ]
    if short.fitting:
        picked = pick(short, Past(NOW, {}, loved), 1.0, seeded(seed))
        assert isinstance(picked, Pick)
        assert all(allowed_by_hand(one.tagged.track, chosen, there) for one in picked.best)

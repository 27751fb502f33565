from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.choose.limits import Situation, make_limits
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
    is_playable=st.booleans(),
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


def here(**facts: Any) -> tuple[Choose, Situation]:
    return Choose(), Situation(NOW, **facts)


def asked(**settings: Any) -> tuple[Choose, Situation]:
    return Choose(**settings), Situation(NOW)


@pytest.mark.parametrize(
    ("situation", "track", "refused_by"),
    [
        (here(blocked={"1"}), SONG, "blocked"),
        (here(blocked={"2"}, blocked_artists={"Other"}), SONG, None),
        pytest.param(here(blocked_artists={"WHOM "}), SONG, "blocked", id="a guest, respelled"),
        pytest.param(
            here(blocked_artists={""}), replace(SONG, artists=()), None, id="of no artist"
        ),
        (here(refused={"1"}), SONG, "refused"),
        (here(refused={"2"}), SONG, None),
        (here(ahead=[SONG]), SONG, "ahead"),
        pytest.param(here(ahead=[SONG]), replace(SONG, id="2"), "ahead", id="under another id"),
        (here(ahead=[]), SONG, None),
        (here(just_played={"1"}), SONG, "just_played"),
        (here(just_played={"2"}), SONG, None),
        (here(queued={"1"}), SONG, "no_repeat"),
        (here(queued=()), SONG, None),
        (here(artists={"who"}), SONG, "artist_spacing"),
        pytest.param(here(artists={"Whom"}), SONG, None, id="guests are not spaced"),
        pytest.param(here(artists={""}), replace(SONG, artists=()), None, id="nor unknown ones"),
        (here(), replace(SONG, is_playable=False), "refused"),
        (asked(explicit=False), SONG, None),
        (asked(explicit=False), replace(SONG, explicit=True), "explicit"),
        (asked(shortest_seconds=200, longest_seconds=200), SONG, None),
        (asked(shortest_seconds=200.001), SONG, "duration"),
        (asked(longest_seconds=199.999), SONG, "duration"),
        (asked(), SONG, None),
        pytest.param(
            asked(longest_seconds=300), replace(SONG, duration_ms=0), "duration", id="no length"
        ),
        (asked(saved_at_least_days=7), replace(SONG, added_at=NOW - 7 * DAY), None),
        (asked(saved_at_least_days=7), replace(SONG, added_at=NOW - 6.99 * DAY), "saved_at_least"),
        (asked(saved_at_most_days=7), replace(SONG, added_at=NOW - 7 * DAY), None),
        (asked(saved_at_most_days=7), replace(SONG, added_at=NOW - 7.01 * DAY), "saved_at_most"),
        pytest.param(asked(saved_at_least_days=7), SONG, "saved_at_least", id="saved nobody knows"),
        pytest.param(asked(saved_at_most_days=7), SONG, "saved_at_most", id="nor whether lately"),
    ],
)
def test_which_limit_refuses_a_track(
    situation: tuple[Choose, Situation], track: Track, refused_by: str | None
) -> None:
    refusing = [limit.name for limit in make_limits(*situation) if not limit.allows(track)]
    assert refusing == ([refused_by] if refused_by else [])


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
        or not track.is_playable
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

from __future__ import annotations

import pytest
from evaluation import learning, listening
from evaluation.learning import gaps, measure_learning, most_of_one_artist
from evaluation.listening import PICKS, Record, listen, make_listener

from companion.choose.taste import Counts
from companion.track import Track
from tests.evaluation.sets import make_library

LIBRARY = make_library()


def record(*artists: str) -> Record:
    tracks = [Track(artist, artist, artist, (artist,)) for artist in artists]
    return Record(turns=tracks, finished=[True] * len(tracks))


def test_the_gaps_between_repeats() -> None:
    assert gaps(record(*"abacbb")) == [2, 3, 1]
    assert gaps(record(*"abc")) == []


def test_the_flood_of_one_artist() -> None:
    assert most_of_one_artist(record(*"abcd" * 10)) == 5
    assert most_of_one_artist(record(*("a" * 3 + "b" * 17 + "a" * 5))) == 17


def test_the_same_listener_is_met_twice() -> None:
    listener = make_listener(LIBRARY, 4)
    assert listener == make_listener(LIBRARY, 4)
    assert listener != make_listener(LIBRARY, 5)
    first, again = (listen(listener, 4, learning=True) for _ in range(2))
    assert first.turns == again.turns


def test_nothing_is_known_without_learning_but_the_ends_are() -> None:
    found = listen(make_listener(LIBRARY, 0), 0, learning=False)
    assert len(found.turns) == len(found.finished) == PICKS
    ends = sum(found.artists.values(), Counts())
    assert (ends.welcome, ends.welcome + ends.unwelcome) == (sum(found.finished), PICKS)
    assert found.skip_rate == 1 - sum(found.finished) / PICKS


def test_who_likes_everything_skips_only_what_is_out_of_mood() -> None:
    listener = make_listener(make_library(400, right=1.0), 0)
    listener.liking.update(dict.fromkeys(listener.liking, 50.0))
    assert listen(listener, 0, learning=True).skip_rate == 0


def test_the_figures_of_learning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "SEEDS", range(3))
    found, spread = measure_learning(LIBRARY)
    low, high = found["interval_95"]
    assert low <= found["fewer_skips"] <= high
    assert len(found["by_seed"]) == 3
    assert found["fewer_skips"] == pytest.approx(
        1 - found["skip_rate_with"] / found["skip_rate_without"]
    )
    assert 0 < spread["share_of_fitting_used"] <= 1
    rest = 8 * 60 / (listening.BETWEEN_PICKS.total_seconds() / 60)
    assert rest <= spread["least_gap_between_repeats"] <= spread["longest_gap_between_repeats"]

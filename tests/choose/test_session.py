"""A session that hangs together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import Affect
from companion.choose.session import (
    AWAY,
    LONGEST_STEP,
    SHORTEST_STEP,
    early_skips_in_a_row,
    in_order,
    limit_step,
    longest_step,
    move_away,
)
from companion.playback import Initiative, Play, PlayEnding

NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
LOUD = Affect(0.4, 0.8)
USER, CONTINUED, PICK = Initiative.USER, Initiative.CONTINUED, Initiative.COMPANION
HEARD, EARLY = PlayEnding.FINISHED, PlayEnding.SKIPPED_EARLY
ALBUM, PLAYLIST = "spotify:album:6", "spotify:playlist:7"


def plays(*rows: tuple[Initiative, PlayEnding], minutes: float = 4) -> list[Play]:
    return [
        Play("id", NOW + timedelta(minutes=minutes * index), LOUD, initiative=who, ending=how)
        for index, (who, how) in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([], False),
        ([(PICK, EARLY)], False),
        ([(PICK, EARLY), (PICK, EARLY)], True),
        ([(PICK, EARLY), (CONTINUED, HEARD), (PICK, EARLY)], True),
        ([(PICK, EARLY), (PICK, HEARD), (PICK, EARLY)], False),
        ([(PICK, EARLY), (PICK, EARLY), (PICK, HEARD)], False),
        ([(PICK, EARLY), (PICK, EARLY), (USER, HEARD)], False),
        ([(PICK, EARLY), (PICK, EARLY), (CONTINUED, PlayEnding.PLAYING)], True),
        ([(USER, EARLY), (USER, EARLY)], False),
    ],
)
def test_two_early_skips_of_picks_in_a_row_count(
    rows: list[tuple[Initiative, PlayEnding]], *, count: bool
) -> None:
    assert bool(early_skips_in_a_row(plays(*rows))) is count


def test_skips_in_a_row_are_forgotten_after_a_while() -> None:
    rows = plays((PICK, EARLY), (PICK, EARLY))
    later = replace(
        rows[-1], started_at=NOW + timedelta(hours=2), initiative=CONTINUED, ending=HEARD
    )
    assert early_skips_in_a_row([*rows, later]) == []


places = st.builds(Affect, st.floats(-1, 1), st.floats(-1, 1))


@given(places, st.lists(places, min_size=2, max_size=2), places)
def test_the_target_moves_away_as_far_as_the_plane_lets_it(
    target: Affect, skipped: list[Affect], fallback: Affect
) -> None:
    middle = Affect(
        sum(one.valence for one in skipped) / 2, sum(one.arousal for one in skipped) / 2
    )
    moved = move_away(target, skipped, fallback)
    at_the_edge = max(abs(moved.valence), abs(moved.arousal)) > 1 - 1e-9
    assert moved.distance(middle) >= AWAY - 1e-6 or at_the_edge
    assert moved.distance(middle) >= min(target.distance(middle), AWAY) - 1e-6 or at_the_edge


def test_without_skips_the_target_stays() -> None:
    assert move_away(LOUD, [], Affect(0, 0)) == LOUD


def sequence(step: float, count: int, minutes: float = 4) -> list[Play]:
    return [
        replace(one, affect=Affect(0, step * (index % 2)))
        for index, one in enumerate(plays(*[(USER, HEARD)] * count, minutes=minutes))
    ]


@pytest.mark.parametrize(
    ("own", "longest"),
    [
        (sequence(0.5, 13), 0.5),
        (sequence(0.5, 12), None),
        (sequence(0.1, 40), SHORTEST_STEP),
        (sequence(1.0, 40), 1.0),
        (sequence(0.5, 40, minutes=45), None),
        ([], None),
    ],
)
def test_the_usual_step_is_found_in_the_users_own_sequences(
    own: list[Play], longest: float | None
) -> None:
    assert longest_step(own) == (None if longest is None else pytest.approx(longest))
    assert longest is None or longest <= LONGEST_STEP


def test_a_step_is_no_longer_than_usual() -> None:
    limited = limit_step(Affect(1, 0), Affect(0, 0), 0.4)
    assert limited.valence == pytest.approx(0.4)
    assert limit_step(Affect(1, 0), Affect(0, 0), None) == Affect(1, 0)
    assert limit_step(Affect(1, 0), None, 0.4) == Affect(1, 0)


def from_context(
    context: str, *, shuffled: bool | None = False, who: Initiative = CONTINUED
) -> Play:
    return Play("id", NOW, LOUD, initiative=who, ending=HEARD, context=context, shuffled=shuffled)


@pytest.mark.parametrize(
    ("listened", "words"),
    [
        ([from_context(ALBUM)] * 3, "an album"),
        ([from_context(PLAYLIST)] * 3, "a playlist"),
        ([from_context(ALBUM)] * 2, ""),
        ([from_context(ALBUM, shuffled=True)] * 3, ""),
        ([from_context(ALBUM, shuffled=None)] * 3, ""),
        ([from_context("spotify:collection")] * 3, ""),
        ([from_context("")] * 3, ""),
        ([from_context(ALBUM), from_context(PLAYLIST), from_context(ALBUM)], ""),
        ([*[from_context(ALBUM)] * 2, from_context(ALBUM, who=PICK)], ""),
        ([*[from_context(ALBUM)] * 2, replace(from_context(ALBUM), ending=EARLY)], ""),
    ],
)
def test_an_album_or_playlist_that_is_heard_in_order_is_noticed(
    listened: list[Play], words: str
) -> None:
    assert in_order(listened) == words

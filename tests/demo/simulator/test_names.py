from __future__ import annotations

from itertools import islice

from companion.demo.simulator.names import TITLES, names


def test_no_pair_comes_twice_in_twenty_thousand() -> None:
    pairs = list(islice(names(), 20_000))
    assert len(set(pairs)) == len(pairs)


def test_the_written_titles_come_first() -> None:
    assert [title for title, _ in islice(names(), len(TITLES))] == list(TITLES)
    assert len(set(TITLES)) == len(TITLES)

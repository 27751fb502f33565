from __future__ import annotations

from companion.page.server.lifetime import REST_SECONDS, Lifetime


class Seconds:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_ends_ten_minutes_after_the_last_tab() -> None:
    clock = Seconds()
    life = Lifetime(clock)
    life.open_tab()
    life.open_tab()
    clock.now += 10 * REST_SECONDS
    life.close_tab()
    clock.now += REST_SECONDS
    assert not life.is_over  # one is open
    life.close_tab()
    clock.now += REST_SECONDS - 1
    assert not life.is_over
    clock.now += 1
    assert life.is_over
    assert REST_SECONDS == 600


def test_a_tab_that_comes_back_in_time_keeps_it() -> None:
    clock = Seconds()
    life = Lifetime(clock)
    life.open_tab()
    life.close_tab()
    clock.now += REST_SECONDS - 1
    life.open_tab()
    clock.now += REST_SECONDS
    assert not life.is_over


def test_it_ends_where_no_tab_ever_came() -> None:
    clock = Seconds()
    life = Lifetime(clock)
    clock.now += REST_SECONDS
    assert life.is_over


def test_a_browser_that_is_on_its_way_is_waited_for() -> None:
    clock = Seconds()
    life = Lifetime(clock)
    clock.now += REST_SECONDS - 1
    life.renew()
    clock.now += REST_SECONDS - 1
    assert not life.is_over

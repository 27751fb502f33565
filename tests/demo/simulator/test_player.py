from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.demo.simulator.clock import START, ManualClock
from companion.demo.simulator.library import Advert, Track, make_tracks
from companion.demo.simulator.player import QUEUE_VIEW, Device, Player, Snapshot

TRACKS = make_tracks(6)
SECONDS = [track.duration_ms / 1000 for track in TRACKS]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def player(clock: ManualClock) -> Player:
    player = Player(clock)
    player.play(TRACKS[:4])
    return player


def state_of(player: Player) -> Snapshot:
    state = player.now()
    assert state is not None
    return state


def test_it_is_idle_without_a_device_until_something_plays(clock: ManualClock) -> None:
    player = Player(clock)
    assert player.now() is None
    assert player.device is None
    assert player.upcoming() == []


def test_nothing_cannot_be_played(clock: ManualClock) -> None:
    with pytest.raises(ValueError, match="nothing"):
        Player(clock).play([])


def test_progress_follows_the_clock(player: Player, clock: ManualClock) -> None:
    clock.advance(12.5)
    assert (state_of(player).item, state_of(player).progress_ms) == (TRACKS[0], 12_500)


def test_at_the_end_the_next_of_the_context_begins(player: Player, clock: ManualClock) -> None:
    clock.advance(SECONDS[0] + 3)
    assert (state_of(player).item, state_of(player).progress_ms) == (TRACKS[1], 3_000)


def test_several_tracks_pass_in_one_leap(player: Player, clock: ManualClock) -> None:
    clock.advance(sum(SECONDS[:3]) + 1)
    assert state_of(player).item == TRACKS[3]
    assert [play.item for play in player.plays()] == TRACKS[:3]
    assert all(play.finished for play in player.plays())


def test_a_paused_player_stands_still(player: Player, clock: ManualClock) -> None:
    clock.advance(10)
    player.pause()
    clock.advance(1_000)
    assert (state_of(player).progress_ms, state_of(player).is_playing) == (10_000, False)
    player.resume()
    clock.advance(5)
    assert state_of(player).progress_ms == 15_000


def test_the_queue_goes_before_the_context_in_the_order_of_its_adds(
    player: Player, clock: ManualClock
) -> None:
    player.add(TRACKS[4])
    player.add(TRACKS[5])
    clock.advance(SECONDS[0])
    assert state_of(player).item == TRACKS[4]
    player.skip()
    assert state_of(player).item == TRACKS[5]
    player.skip()
    assert state_of(player).item == TRACKS[1]
    assert player.queued() == []


def test_the_same_track_queued_twice_plays_twice(player: Player) -> None:
    player.add(TRACKS[4])
    player.add(TRACKS[4])
    assert player.queued() == [TRACKS[4], TRACKS[4]]


def test_next_is_told_apart_from_the_end(player: Player, clock: ManualClock) -> None:
    clock.advance(30)
    player.skip()
    (play,) = player.plays()
    assert (play.finished, play.started_at, play.ended_at) == (False, START, START + 30)


def test_the_context_ends_in_silence_at_its_first_track(player: Player, clock: ManualClock) -> None:
    clock.advance(sum(SECONDS[:4]) + 100)
    state = state_of(player)
    assert (state.item, state.progress_ms, state.is_playing) == (TRACKS[0], 0, False)


@pytest.mark.parametrize(("repeat", "item"), [("context", TRACKS[0]), ("track", TRACKS[3])])
def test_repeat_goes_on(player: Player, clock: ManualClock, repeat: str, item: Track) -> None:
    clock.advance(sum(SECONDS[:3]) + 1)
    assert state_of(player).item == TRACKS[3]
    player.repeat_state = repeat
    clock.advance(SECONDS[3])
    assert (state_of(player).item, state_of(player).progress_ms) == (item, 1_000)


def test_without_context_the_end_is_the_end(clock: ManualClock) -> None:
    player = Player(clock)
    player.use_device(Device())
    player.interrupt(TRACKS[0])
    player.resume()
    clock.advance(SECONDS[0] + 1)
    assert player.now() is None


def test_the_queue_view_mixes_and_goes_round(player: Player) -> None:
    player.add(TRACKS[5])
    view = player.upcoming()
    assert view[:5] == [TRACKS[5], TRACKS[1], TRACKS[2], TRACKS[3], TRACKS[0]]
    assert len(view) == QUEUE_VIEW


def test_a_late_add_is_hidden_and_then_shown(player: Player, clock: ManualClock) -> None:
    player.queue_lag_s = 20
    player.add(TRACKS[5])
    assert TRACKS[5] not in player.upcoming()
    assert player.queued() == [TRACKS[5]]
    clock.advance(20)
    assert player.upcoming()[0] == TRACKS[5]


def test_a_relinked_track_plays_under_another_id(player: Player) -> None:
    other = replace(TRACKS[1], id="x" * 22)
    player.relinks[TRACKS[1].id] = other
    player.skip()
    assert state_of(player).item == other
    assert player.upcoming()[3] == TRACKS[1]  # the queue tells the id that was saved


def test_an_advert_plays_and_the_music_goes_on(player: Player, clock: ManualClock) -> None:
    player.interrupt(Advert())
    assert state_of(player).item == Advert()
    clock.advance(31)
    assert (state_of(player).item, state_of(player).progress_ms) == (TRACKS[1], 1_000)


def test_a_lost_device_stops_the_music(player: Player, clock: ManualClock) -> None:
    clock.advance(10)
    player.use_device(None)
    assert player.now() is None
    clock.advance(500)
    player.use_device(Device(name="Kitchen"))
    assert (state_of(player).progress_ms, state_of(player).is_playing) == (10_000, False)


def test_seeking_moves_within_the_track(player: Player, clock: ManualClock) -> None:
    player.seek(100_000)
    clock.advance(1)
    assert state_of(player).progress_ms == 101_000


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("advance"), st.integers(0, 900)),
        st.tuples(st.just("add"), st.integers(0, 5)),
        st.tuples(st.sampled_from(["skip", "pause", "resume"]), st.just(0)),
    ),
    max_size=30,
)


@given(steps=STEPS)
def test_every_add_is_played_once_or_waits(steps: list[tuple[str, int]]) -> None:
    clock = ManualClock()
    player = Player(clock)
    queued = [replace(track, id=f"queued{number}") for number, track in enumerate(TRACKS)]
    player.repeat_state = "context"
    player.play(TRACKS[:4])
    added: list[Track] = []
    for step, value in steps:
        if step == "advance":
            clock.advance(value)
        elif step == "add":
            player.add(queued[value])
            added.append(queued[value])
        else:
            getattr(player, step)()
        state = state_of(player)
        assert 0 <= state.progress_ms <= state.item.duration_ms
    played = [play.item for play in player.plays()] + [state_of(player).item]
    assert [item for item in played if item in queued] + player.queued() == added


@given(seconds=st.lists(st.floats(0, 400), max_size=12))
def test_many_small_steps_are_one_large_step(seconds: list[float]) -> None:
    slow_clock, fast_clock = ManualClock(), ManualClock()
    slow, fast = Player(slow_clock), Player(fast_clock)
    for player in (slow, fast):
        player.repeat_state = "context"
        player.play(TRACKS)
    for step in seconds:
        slow_clock.advance(step)
        slow.now()
    fast_clock.advance(slow_clock.now() - START)
    assert [play.item for play in slow.plays()] == [play.item for play in fast.plays()]
    assert abs(state_of(slow).progress_ms - state_of(fast).progress_ms) <= 1

"""A listener who has queued more than Spotify shows, and one who queues the same track."""

from __future__ import annotations

import copy
from datetime import timedelta

from companion.agent.playback.follow import observe
from companion.agent.visit.outcome import Outcome
from companion.agent.visit.reconcile import FULL_VIEW, SHOWN_WITHIN
from companion.demo.simulator.library import make_tracks
from companion.store.queue import EntryState, queued_since
from companion.track import Track
from tests.agent.desk import Desk
from tests.store.stored import last_entry

LATE = timedelta(seconds=45)
OTHERS = make_tracks(80)[40:]


def wait_for_own(desk: Desk) -> int:
    """Look and visit in time until the own track plays; how many visits that took."""
    for visits in range(60):
        seen = observe(desk.db, desk.session.player(), desk.now(), LATE)
        if desk.states[-1] is EntryState.PLAYING:
            return visits
        assert desk.visit().outcome is Outcome.OWN_TRACK_WAITING
        desk.sim.clock.advance((seen.next_at - desk.now()) / timedelta(seconds=1))
    raise AssertionError("it never came")


def test_behind_more_than_is_shown_it_waits_and_no_other_is_queued(desk: Desk) -> None:
    desk.sim.player.play(OTHERS[:10])
    for track in OTHERS[10 : 10 + FULL_VIEW + 5]:
        desk.sim.player.add(track)
    assert desk.visit().outcome is Outcome.QUEUED
    assert not desk.session.queue().holds(own(desk))
    assert wait_for_own(desk) > FULL_VIEW
    assert (desk.posts, desk.states) == (1, [EntryState.PLAYING])


def test_an_unclear_post_behind_more_than_is_shown_is_not_repeated(desk: Desk) -> None:
    """The POST is answered 502 and carried out; the track hides behind the first twenty."""
    desk.sim.player.play(OTHERS[:10])
    for track in OTHERS[10 : 10 + FULL_VIEW + 5]:
        desk.sim.player.add(track)
    desk.sim.faults.add("queue_502")
    assert desk.visit().outcome is Outcome.FAILED
    assert desk.states == [EntryState.SENT]
    hidden = own(desk)
    while not desk.session.queue().holds(hidden):
        desk.sim.clock.advance(240)
        desk.visit()
        assert sum(uri == hidden.uri for uri in desk.queued) == 1
    assert hidden.id in queued_since(desk.db, desk.now() - timedelta(days=1))


def test_after_many_next_presses_a_track_is_not_waited_for(desk: Desk) -> None:
    """In an album of more than is shown, what was skipped looks like what is hidden."""
    desk.sim.player.play(OTHERS)
    desk.sim.clock.advance(10)
    assert desk.visit().outcome is Outcome.QUEUED
    for _ in range(5):
        desk.sim.clock.advance(5)
        desk.sim.player.skip()
    assert len(desk.session.queue().coming) == FULL_VIEW
    desk.sim.clock.advance(SHOWN_WITHIN.total_seconds())
    assert desk.visit(seed=1).outcome is Outcome.QUEUED
    assert desk.states == [EntryState.UNKNOWN, EntryState.ACCEPTED]
    assert desk.posts == 2


def test_one_that_nobody_watched_is_given_up_in_time(desk: Desk) -> None:
    """`once`, now and then: what may have played meanwhile does not block the next one."""
    desk.sim.player.play(OTHERS[:30])
    assert desk.visit().outcome is Outcome.QUEUED
    desk.sim.clock.advance(3600)
    assert desk.visit(seed=1).outcome is Outcome.QUEUED
    assert desk.states == [EntryState.UNKNOWN, EntryState.ACCEPTED]


def test_the_same_track_queued_by_hand_is_left_alone(desk: Desk) -> None:
    assert desk.visit().outcome is Outcome.QUEUED
    (ours,) = desk.sim.player.queued()
    desk.sim.player.add(copy.copy(ours))
    desk.sim.clock.advance(60)
    assert desk.visit().outcome is Outcome.OWN_TRACK_WAITING
    assert (desk.posts, len(desk.queued)) == (1, 2)


def own(desk: Desk) -> Track:
    entry = last_entry(desk.db)
    assert entry is not None
    return entry.track

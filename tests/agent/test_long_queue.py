"""A listener who has queued more than Spotify shows, and one who queues the same track."""

from __future__ import annotations

import copy
from datetime import timedelta

from companion.agent.playback.follow import observe
from companion.agent.visit.outcome import Outcome
from companion.agent.visit.reconcile import FULL_VIEW, SHOWN_WITHIN
from companion.demo.simulator.library import make_tracks
from companion.store.history.queue import EntryState, queued_since
from companion.track import Track
from tests.agent.visitor import Visitor
from tests.store.stored import last_entry

LATE = timedelta(seconds=45)
OTHERS = make_tracks(80)[40:]


def wait_for_own(visitor: Visitor) -> int:
    """Look and visit in time until the own track plays; how many visits that took."""
    for visits in range(60):
        seen = observe(visitor.db, visitor.session.player(), visitor.now(), LATE)
        if visitor.states[-1] is EntryState.PLAYING:
            return visits
        assert visitor.visit().outcome is Outcome.OWN_TRACK_WAITING
        visitor.sim.clock.advance((seen.next_at - visitor.now()) / timedelta(seconds=1))
    raise AssertionError("it never came")


def test_behind_more_than_is_shown_it_waits_and_no_other_is_queued(visitor: Visitor) -> None:
    visitor.sim.player.play(OTHERS[:10])
    for track in OTHERS[10 : 10 + FULL_VIEW + 5]:
        visitor.sim.player.add(track)
    assert visitor.visit().outcome is Outcome.QUEUED
    assert not visitor.session.queue().holds(own(visitor))
    assert wait_for_own(visitor) > FULL_VIEW
    assert (visitor.posts, visitor.states) == (1, [EntryState.PLAYING])


def test_an_unclear_post_behind_more_than_is_shown_is_not_repeated(visitor: Visitor) -> None:
    """The POST is answered 502 and carried out; the track hides behind the first twenty."""
    visitor.sim.player.play(OTHERS[:10])
    for track in OTHERS[10 : 10 + FULL_VIEW + 5]:
        visitor.sim.player.add(track)
    visitor.sim.faults.add("queue_502")
    assert visitor.visit().outcome is Outcome.FAILED
    assert visitor.states == [EntryState.SENT]
    hidden = own(visitor)
    while not visitor.session.queue().holds(hidden):
        visitor.sim.clock.advance(240)
        visitor.visit()
        assert sum(uri == hidden.uri for uri in visitor.queued) == 1
    assert hidden.id in queued_since(visitor.db, visitor.now() - timedelta(days=1))


def test_after_many_next_presses_a_track_is_not_waited_for(visitor: Visitor) -> None:
    """In an album of more than is shown, what was skipped looks like what is hidden."""
    visitor.sim.player.play(OTHERS)
    visitor.sim.clock.advance(10)
    assert visitor.visit().outcome is Outcome.QUEUED
    for _ in range(5):
        visitor.sim.clock.advance(5)
        visitor.sim.player.skip()
    assert len(visitor.session.queue().coming) == FULL_VIEW
    visitor.sim.clock.advance(SHOWN_WITHIN.total_seconds())
    assert visitor.visit(seed=1).outcome is Outcome.QUEUED
    assert visitor.states == [EntryState.UNKNOWN, EntryState.ACCEPTED]
    assert visitor.posts == 2


def test_one_that_nobody_watched_is_given_up_in_time(visitor: Visitor) -> None:
    """`once`, now and then: what may have played meanwhile does not block the next one."""
    visitor.sim.player.play(OTHERS[:30])
    assert visitor.visit().outcome is Outcome.QUEUED
    visitor.sim.clock.advance(3600)
    assert visitor.visit(seed=1).outcome is Outcome.QUEUED
    assert visitor.states == [EntryState.UNKNOWN, EntryState.ACCEPTED]


def test_the_same_track_queued_by_hand_is_left_alone(visitor: Visitor) -> None:
    assert visitor.visit().outcome is Outcome.QUEUED
    (ours,) = visitor.sim.player.queued()
    visitor.sim.player.add(copy.copy(ours))
    visitor.sim.clock.advance(60)
    assert visitor.visit().outcome is Outcome.OWN_TRACK_WAITING
    assert (visitor.posts, len(visitor.queued)) == (1, 2)


def own(visitor: Visitor) -> Track:
    entry = last_entry(visitor.db)
    assert entry is not None
    return entry.track

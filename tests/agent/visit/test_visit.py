from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from companion import errors
from companion.affect import Abstention, Affect, FaceReading
from companion.agent.visit.context import REFUSED_FOR
from companion.agent.visit.outcome import Outcome
from companion.agent.visit.reconcile import SHOWN_WITHIN
from companion.agent.visit.visit import VisitResult
from companion.config.schema import Choose
from companion.demo.simulator.faults import FAULTS, Answer, Fault
from companion.spotify import transport
from companion.store.database import open_database
from companion.store.listening import played_since
from companion.store.overrides import SetMood, save_set_mood
from companion.store.queue import EntryState
from companion.store.visits import Visit
from tests.agent.desk import ADD, Desk, Dying
from tests.choose.makers import face_mood
from tests.store.stored import last_entry

SEE_QUEUE = ("GET", "/v1/me/player/queue")
QUEUE_DOWN = Fault(*SEE_QUEUE, Answer(503, "upstream connect error"))
OVER = SHOWN_WITHIN.total_seconds() + 1


def keep_tags(desk: Desk, *ids: str) -> None:
    marks = ", ".join("?" * len(ids))
    desk.db.execute(f"DELETE FROM tags WHERE track_id NOT IN ({marks})", ids)  # noqa: S608 - marks


def test_a_visit_queues_one_track_of_the_library(desk: Desk) -> None:
    result = desk.visit()
    assert result.outcome is Outcome.QUEUED
    assert result.pick is not None
    assert desk.queued == [result.pick.chosen.tagged.track.uri]
    assert (desk.posts, desk.camera.looks, desk.readings) == (1, 1, 1)
    assert desk.states == [EntryState.ACCEPTED]
    byline = result.pick.chosen.tagged.track.byline
    assert desk.visits == [Visit(desk.now(), "queued", byline, camera=True)]


def test_the_entry_keeps_the_numbers_that_decided(desk: Desk) -> None:
    result = desk.visit()
    entry = last_entry(desk.db)
    assert entry is not None
    assert result.pick is not None
    chosen = result.pick.chosen
    assert entry.track.id == chosen.tagged.track.id
    assert entry.why["target"] == pytest.approx({"valence": 0.5, "arousal": 0.4})
    assert {**entry.why["mood"], **entry.why["target"]} == entry.why["mood"]
    assert (entry.why["strategy"], entry.why["region"]) == ("match", "Q1")
    assert entry.why["track"]["score"] == chosen.score
    assert entry.why["runner_up"]["uri"] != entry.why["track"]["uri"]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("no_device", Outcome.NO_DEVICE),
        ("restricted_device", Outcome.RESTRICTED),
        ("private_session", Outcome.PRIVATE_SESSION),
        ("advert", Outcome.NOT_PLAYING),
        ("episode", Outcome.NOT_PLAYING),
        ("local_file", Outcome.NOT_PLAYING),
        ("quota", Outcome.QUOTA),
        ("owner_premium", Outcome.PREMIUM_NEEDED),
        ("not_registered", Outcome.RESTRICTED),
        ("invalid_grant", Outcome.LOGIN_NEEDED),
        ("server_error", Outcome.FAILED),
        ("text", Outcome.FAILED),
        pytest.param(QUEUE_DOWN, Outcome.FAILED, id="queue down"),
    ],
)
def test_what_ends_a_visit_before_the_camera_opens(
    desk: Desk, fault: str | Fault, outcome: Outcome
) -> None:
    desk.sim.faults.add(fault, times=None)
    began = desk.now()
    result = desk.visit()
    assert result.outcome is outcome
    assert result.detail
    assert (desk.camera.looks, desk.posts, desk.readings) == (0, 0, 0)
    assert desk.states == []
    assert desk.visits == [Visit(began, outcome.value, result.detail, camera=False)]


def test_nothing_is_seen_or_queued_while_spotify_is_paused(desk: Desk) -> None:
    desk.sim.player.pause()
    assert desk.visit().outcome is Outcome.NOT_PLAYING
    desk.sim.player.resume()
    desk.sim.player.repeat_state = "track"
    assert desk.visit().outcome is Outcome.NOT_PLAYING
    assert (desk.camera.looks, desk.posts) == (0, 0)


@pytest.mark.parametrize("fault", ["expired", "rate_limit", "server_error", "text"])
def test_a_trouble_that_passes_does_not_end_a_visit(desk: Desk, fault: str) -> None:
    desk.sim.faults.add(fault)
    assert desk.visit().outcome is Outcome.QUEUED
    assert (desk.posts, len(desk.queued)) == (1, 1)


@pytest.mark.parametrize(
    ("fault", "outcome", "state", "queued"),
    [
        ("queue_text", Outcome.QUEUED, EntryState.ACCEPTED, 1),
        ("queue_502", Outcome.QUEUED, EntryState.ACCEPTED, 1),
        ("queue_late", Outcome.QUEUED, EntryState.ACCEPTED, 1),
        ("queue_lost", Outcome.FAILED, EntryState.SENT, 0),
        ("premium_required", Outcome.PREMIUM_NEEDED, EntryState.LOST, 0),
        ("restriction", Outcome.RESTRICTED, EntryState.LOST, 0),
        ("no_active_device", Outcome.NO_DEVICE, EntryState.LOST, 0),
        ("quota", Outcome.QUOTA, EntryState.LOST, 0),
        ("rate_limit", Outcome.QUOTA, EntryState.LOST, 0),
        ("owner_premium", Outcome.PREMIUM_NEEDED, EntryState.LOST, 0),
    ],
)
def test_what_comes_of_the_one_post(
    desk: Desk, fault: str, outcome: Outcome, state: EntryState, queued: int
) -> None:
    method, path = ADD if fault != "queue_late" else ("*", "/v1/*")
    desk.sim.faults.add(replace(FAULTS[fault], method=method, path=path), times=None)
    result = desk.visit()
    assert result.outcome is outcome
    assert (result.error is None) == (outcome is Outcome.QUEUED)
    assert (desk.posts, len(desk.queued)) == (1, queued)
    assert desk.states == [state]
    assert [(visit.outcome, visit.camera) for visit in desk.visits] == [(outcome.value, True)]


def test_a_track_that_spotify_refuses_is_left_out_for_a_time(desk: Desk) -> None:
    refusal = {"error": {"status": 404, "message": "Track not found"}}
    desk.sim.faults.add(Fault(*ADD, answer=Answer(404, refusal)))
    assert desk.visit().outcome is Outcome.FAILED
    refused = last_entry(desk.db)
    assert refused is not None
    assert (desk.states, desk.posts) == ([EntryState.REFUSED], 1)
    for seed in range(5):
        result = desk.visit(dry=True, seed=seed)
        assert result.pick
        assert result.pick.chosen.tagged.track.id != refused.track.id
    desk.sim.clock.advance(REFUSED_FOR.total_seconds() + 1)
    again = {desk.visit(dry=True, seed=seed).detail for seed in range(40)}
    assert refused.track.byline in again


def test_where_every_track_is_refused_nobody_is_looked_at(desk: Desk) -> None:
    refusal = {"error": {"status": 404, "message": "Track not found"}}
    keep_tags(desk, *(track.id for track in desk.sim.library.tracks[5:7]))
    desk.sim.faults.add(Fault(*ADD, answer=Answer(404, refusal)), times=None)
    assert [desk.visit().outcome for _ in range(2)] == [Outcome.FAILED] * 2
    result = desk.visit()
    assert (result.outcome, result.camera) == (Outcome.NOTHING_FITS, False)
    assert "cannot be played by Spotify" in result.detail
    assert (desk.posts, desk.camera.looks) == (2, 2)


def test_an_access_token_refused_at_the_post_is_renewed(desk: Desk) -> None:
    desk.sim.faults.add(replace(FAULTS["expired"], method=ADD[0], path=ADD[1]))
    assert desk.visit().outcome is Outcome.QUEUED
    assert (len(desk.queued), desk.states) == (1, [EntryState.ACCEPTED])


def test_after_a_post_without_an_answer_the_queue_decides(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", (5.0, 0.5))
    desk.sim.faults.add(replace(FAULTS["queue_slow"], delay_s=1.0))
    with Desk(desk.sim, desk.db) as hasty:
        assert hasty.visit().outcome is Outcome.QUEUED
    assert (len(desk.queued), desk.states) == (1, [EntryState.ACCEPTED])


@pytest.mark.parametrize("fault", ["queue_text", "queue_502", "queue_late"])
def test_a_second_visit_leaves_a_waiting_track_alone(desk: Desk, fault: str) -> None:
    desk.sim.faults.add(fault)
    first = desk.visit()
    desk.sim.clock.advance(10)
    second = desk.visit()
    assert second.outcome is Outcome.OWN_TRACK_WAITING
    assert second.detail == first.detail
    assert (desk.posts, desk.camera.looks, len(desk.queued)) == (1, 1, 1)
    assert [visit.camera for visit in desk.visits] == [True, False]


def test_a_lost_one_is_waited_for_and_then_given_up(desk: Desk) -> None:
    desk.sim.faults.add("queue_lost")
    assert desk.visit().outcome is Outcome.FAILED
    for _ in range(2):
        desk.sim.clock.advance(SHOWN_WITHIN.total_seconds() / 2 - 5)
        assert desk.visit().outcome is Outcome.OWN_TRACK_WAITING
    assert (desk.posts, desk.camera.looks) == (1, 1)
    assert desk.states == [EntryState.SENT]
    desk.sim.clock.advance(11)
    assert desk.visit().outcome is Outcome.QUEUED
    assert desk.states == [EntryState.LOST, EntryState.ACCEPTED]
    assert (desk.posts, len(desk.queued)) == (2, 1)


@pytest.mark.parametrize(
    ("fault", "later"), [("queue_502", EntryState.ACCEPTED), ("queue_lost", EntryState.SENT)]
)
def test_where_the_queue_cannot_be_asked_either_the_next_visit_finds_out(
    desk: Desk, fault: str, later: EntryState
) -> None:
    desk.sim.faults.add(fault)
    desk.sim.faults.add(QUEUE_DOWN, after=1, times=None)
    assert desk.visit().outcome is Outcome.FAILED
    assert desk.states == [EntryState.SENT]
    desk.sim.faults.clear()
    assert desk.visit().outcome is Outcome.OWN_TRACK_WAITING
    assert desk.states == [later]
    assert desk.posts == 1


def test_an_accepted_track_that_shows_late_after_an_unclear_answer_is_found(desk: Desk) -> None:
    desk.sim.faults.script("queue_late", "queue_502")
    assert desk.visit().outcome is Outcome.FAILED
    desk.sim.clock.advance(21)
    assert desk.visit().outcome is Outcome.OWN_TRACK_WAITING
    assert desk.states == [EntryState.ACCEPTED]
    assert (desk.posts, len(desk.queued)) == (1, 1)


@pytest.mark.parametrize("sends", [False, True])
def test_a_visit_that_is_killed_at_the_post_queues_once_or_not_at_all(
    desk: Desk, *, sends: bool
) -> None:
    desk.spotify = Dying(desk.session, sends=sends)
    with pytest.raises(KeyboardInterrupt):
        desk.visit()
    assert desk.states == [EntryState.SENT]
    desk.spotify = desk.session
    assert desk.visit().outcome is Outcome.OWN_TRACK_WAITING
    assert desk.posts == len(desk.queued) == int(sends)
    desk.sim.clock.advance(OVER)
    again = Outcome.OWN_TRACK_WAITING if sends else Outcome.QUEUED
    assert desk.visit().outcome is again
    assert desk.posts == len(desk.queued) == 1


def test_a_visit_that_is_killed_in_its_look_stands_in_the_history(desk: Desk) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    desk.camera.before = die
    with pytest.raises(KeyboardInterrupt):
        desk.visit()
    assert [(one.outcome, one.camera) for one in desk.visits] == [("failed", True)]
    desk.camera.before = lambda: None
    desk.visit()
    assert [(one.outcome, one.camera) for one in desk.visits] == [
        ("failed", True),
        ("queued", True),
    ]


def test_two_visits_at_once_post_once(desk: Desk, file: Path) -> None:
    both_look = threading.Barrier(2, timeout=10)

    def make_visit(seed: int) -> VisitResult:
        with open_database(file) as db, Desk(desk.sim, db) as mine:
            mine.camera.before = both_look.wait
            return mine.visit(seed=seed)

    with ThreadPoolExecutor(2) as pool:
        outcomes = {result.outcome for result in pool.map(make_visit, range(2))}
    assert outcomes == {Outcome.QUEUED, Outcome.OWN_TRACK_WAITING}
    assert (desk.posts, len(desk.queued)) == (1, 1)
    assert desk.states == [EntryState.ACCEPTED]
    assert len(desk.visits) == 2


def test_a_mood_set_by_hand_needs_no_look(desk: Desk) -> None:
    save_set_mood(desk.db, SetMood(desk.now(), None, "happy", Affect(0.5, 0.4)))
    result = desk.visit()
    assert result.outcome is Outcome.QUEUED
    assert (desk.camera.looks, desk.readings, result.camera) == (0, 0, False)
    entry = last_entry(desk.db)
    assert entry is not None
    assert (entry.why["reading"], entry.why["mood"]["name"]) == (None, "happy")


def test_what_plays_at_a_visit_is_kept_as_heard(desk: Desk) -> None:
    desk.visit()
    assert played_since(desk.db, desk.now()) == {desk.sim.library.tracks[0].id}


@pytest.mark.parametrize("reason", Abstention)
def test_an_abstention_queues_nothing_and_is_gone_by_never(desk: Desk, reason: Abstention) -> None:
    desk.camera.abstain(reason)
    result = desk.visit()
    assert result.outcome is Outcome(reason.value)
    assert (desk.posts, desk.states, desk.readings) == (0, [], 0)
    assert desk.visits == [Visit(desk.now(), reason.value, "a detail", camera=True)]


def test_a_face_that_says_nothing_is_low_confidence(desk: Desk) -> None:
    desk.camera.shows = FaceReading(face_mood(0.5, 0.5, confidence=0.0))
    assert desk.visit().outcome is Outcome.LOW_CONFIDENCE
    assert (desk.posts, desk.states) == (0, [])


@pytest.mark.parametrize(
    ("error", "outcome", "opened"),
    [
        (errors.CameraMissing("No camera."), Outcome.CAMERA_MISSING, False),
        (errors.CameraBusy("In use."), Outcome.CAMERA_BUSY, True),
        (errors.CameraDenied("Not allowed."), Outcome.CAMERA_DENIED, True),
        (errors.SourceUnreadable("No video."), Outcome.FAILED, True),
        (errors.ModelError("Damaged."), Outcome.FAILED, False),
    ],
    ids=str,
)
def test_a_look_that_fails_queues_nothing(
    desk: Desk, error: errors.CompanionError, outcome: Outcome, *, opened: bool
) -> None:
    desk.camera.shows = error
    result = desk.visit()
    assert (result.outcome, result.error) == (outcome, error)
    assert (desk.posts, desk.states, desk.readings) == (0, [], 0)
    assert desk.visits == [Visit(desk.now(), outcome.value, str(error), camera=opened)]


@pytest.mark.parametrize("dry", [False, True])
def test_without_a_tagged_track_the_camera_stays_closed(desk: Desk, *, dry: bool) -> None:
    keep_tags(desk)
    assert desk.visit(dry=dry).outcome is Outcome.NOTHING_FITS
    assert (desk.camera.looks, desk.posts) == (0, 0)
    assert len(desk.visits) == (0 if dry else 1)


def test_what_plays_or_comes_anyway_is_not_picked(desk: Desk) -> None:
    keep_tags(desk, *(track.id for track in desk.sim.library.tracks[:3]))
    assert desk.visit().outcome is Outcome.NOTHING_FITS
    assert (desk.camera.looks, desk.posts, desk.states) == (1, 0, [])


def test_a_mood_far_from_every_track_queues_nothing(desk: Desk) -> None:
    desk.camera.shows = FaceReading(face_mood(-0.9, -0.9))
    result = desk.visit()
    assert result.outcome is Outcome.NOTHING_FITS
    assert (desk.posts, desk.states, desk.readings) == (0, [], 1)


def test_a_track_comes_again_only_after_the_no_repeat_hours(desk: Desk) -> None:
    desk.sim.player.repeat_state = "context"
    keep_tags(desk, desk.sim.library.tracks[9].id)
    assert desk.visit().outcome is Outcome.QUEUED
    for _ in range(2):  # it plays, and is over
        desk.sim.player.skip()
        assert desk.visit().outcome is Outcome.NOTHING_FITS
    assert desk.states == [EntryState.SKIPPED]
    desk.sim.clock.advance(Choose().no_repeat_hours * 3600 + 1)
    assert desk.visit().outcome is Outcome.QUEUED


@pytest.mark.parametrize("relinked", [False, True])
def test_through_an_evening_each_track_is_queued_once(desk: Desk, *, relinked: bool) -> None:
    if relinked:
        desk.sim.faults.add("relinked")
    names = []
    for seed in range(6):
        result = desk.visit(seed=seed)
        assert result.outcome is Outcome.QUEUED
        names.append(result.detail)
        desk.sim.player.skip()
    assert len(set(names)) == desk.posts == 6
    assert desk.states == [EntryState.SKIPPED] * 4 + [EntryState.PLAYING, EntryState.ACCEPTED]


def test_earlier_readings_colour_the_mood(desk: Desk) -> None:
    desk.visit()
    desk.sim.clock.advance(Choose().half_life_minutes * 60)
    desk.sim.player.play(desk.sim.library.tracks[:3])
    desk.camera.shows = FaceReading(face_mood(-0.1, 0.1))
    mood = desk.visit().mood
    assert mood is not None
    assert mood.readings == 2
    weight = 1 / (1 + (0.6**2 + 0.3**2) / 0.5**2)  # half as old, and an outlier by 0.67
    assert mood.affect.valence == pytest.approx((0.5 * weight + 2 * -0.1) / (weight + 2))
    assert mood.affect.arousal == pytest.approx((0.4 * weight + 2 * 0.1) / (weight + 2))


@pytest.mark.parametrize("shows", [None, *Abstention, errors.CameraBusy("In use.")], ids=str)
def test_a_dry_run_asks_nothing_and_stores_nothing(
    desk: Desk, shows: Abstention | errors.CompanionError | None
) -> None:
    if isinstance(shows, Abstention):
        desk.camera.abstain(shows)
    elif shows is not None:
        desk.camera.shows = shows
    changes, asked = desk.db.total_changes, len(desk.sim.requests)
    result = desk.visit(dry=True)
    assert (result.outcome is None) == (result.pick is not None) == (shows is None)
    assert desk.camera.looks == 1
    assert (desk.db.total_changes, len(desk.sim.requests)) == (changes, asked)


def test_a_dry_run_goes_by_the_mood_that_is_stored(desk: Desk) -> None:
    desk.visit()
    mood = desk.visit(dry=True).mood
    assert mood is not None
    assert mood.readings == 2

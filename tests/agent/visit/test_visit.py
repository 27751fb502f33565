from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from companion import errors
from companion.affect import Abstention, Affect, FaceReading, RestingFace
from companion.agent.visit.conditions import LITTLE_KNOWN
from companion.agent.visit.outcome import Outcome
from companion.agent.visit.reconcile import SHOWN_WITHIN
from companion.agent.visit.visit import VisitResult
from companion.config.schema import Choose
from companion.demo.simulator.faults import FAULTS, Answer, Fault
from companion.spotify import transport
from companion.store.database import open_database
from companion.store.face.profile import read_resting, save_resting
from companion.store.history.overrides import SetMood, save_set_mood
from companion.store.history.queue import EntryState
from companion.store.history.visits import Visit
from companion.store.listening.snapshots import played_since
from tests.agent.visitor import ADD, KilledAtPost, Visitor
from tests.choose.makers import face_mood
from tests.store.stored import last_entry

pytestmark = pytest.mark.slow

SEE_QUEUE = ("GET", "/v1/me/player/queue")
QUEUE_DOWN = Fault(*SEE_QUEUE, Answer(503, "upstream connect error"))
OVER = SHOWN_WITHIN.total_seconds() + 1


def keep_tags(visitor: Visitor, *ids: str) -> None:
    marks = ", ".join("?" * len(ids))
    visitor.db.execute(f"DELETE FROM tags WHERE track_id NOT IN ({marks})", ids)  # noqa: S608 - marks


def test_a_visit_queues_one_track_of_the_library(visitor: Visitor) -> None:
    result = visitor.visit()
    assert result.outcome is Outcome.QUEUED
    assert result.pick is not None
    assert visitor.queued == [result.pick.chosen.tagged.track.uri]
    assert (visitor.posts, visitor.camera.looks, visitor.readings) == (1, 1, 1)
    assert visitor.states == [EntryState.ACCEPTED]
    byline = result.pick.chosen.tagged.track.byline
    assert visitor.visits == [Visit(visitor.now(), "queued", byline, camera=True)]


def test_the_entry_keeps_the_numbers_that_decided(visitor: Visitor) -> None:
    visitor.hear_nothing()
    result = visitor.visit()
    entry = last_entry(visitor.db)
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
    visitor: Visitor, fault: str | Fault, outcome: Outcome
) -> None:
    visitor.sim.faults.add(fault, times=None)
    began = visitor.now()
    result = visitor.visit()
    assert result.outcome is outcome
    assert result.detail
    assert (visitor.camera.looks, visitor.posts, visitor.readings) == (0, 0, 0)
    assert visitor.states == []
    assert visitor.visits == [Visit(began, outcome.value, result.detail, camera=False)]


def test_nothing_is_seen_or_queued_while_spotify_is_paused(visitor: Visitor) -> None:
    visitor.sim.player.pause()
    assert visitor.visit().outcome is Outcome.NOT_PLAYING
    visitor.sim.player.resume()
    visitor.sim.player.repeat_state = "track"
    assert visitor.visit().outcome is Outcome.NOT_PLAYING
    assert (visitor.camera.looks, visitor.posts) == (0, 0)


@pytest.mark.parametrize("fault", ["expired", "rate_limit", "server_error", "text"])
def test_a_trouble_that_passes_does_not_end_a_visit(visitor: Visitor, fault: str) -> None:
    visitor.sim.faults.add(fault)
    assert visitor.visit().outcome is Outcome.QUEUED
    assert (visitor.posts, len(visitor.queued)) == (1, 1)


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
    visitor: Visitor, fault: str, outcome: Outcome, state: EntryState, queued: int
) -> None:
    method, path = ADD if fault != "queue_late" else ("*", "/v1/*")
    visitor.sim.faults.add(replace(FAULTS[fault], method=method, path=path), times=None)
    result = visitor.visit()
    assert result.outcome is outcome
    assert (result.error is None) == (outcome is Outcome.QUEUED)
    assert (visitor.posts, len(visitor.queued)) == (1, queued)
    assert visitor.states == [state]
    assert [(visit.outcome, visit.camera) for visit in visitor.visits] == [(outcome.value, True)]


def test_a_track_that_spotify_refuses_is_left_out_for_a_time(visitor: Visitor) -> None:
    refusal = {"error": {"status": 404, "message": "Track not found"}}
    visitor.sim.faults.add(Fault(*ADD, answer=Answer(404, refusal)))
    assert visitor.visit().outcome is Outcome.FAILED
    refused = last_entry(visitor.db)
    assert refused is not None
    assert (visitor.states, visitor.posts) == ([EntryState.REFUSED], 1)
    for seed in range(5):
        result = visitor.visit(dry=True, seed=seed)
        assert result.pick
        assert result.pick.chosen.tagged.track.id != refused.track.id


def test_where_every_track_is_refused_nobody_is_looked_at(visitor: Visitor) -> None:
    refusal = {"error": {"status": 404, "message": "Track not found"}}
    keep_tags(visitor, *(track.id for track in visitor.sim.library.tracks[5:7]))
    visitor.sim.faults.add(Fault(*ADD, answer=Answer(404, refusal)), times=None)
    assert [visitor.visit().outcome for _ in range(2)] == [Outcome.FAILED] * 2
    result = visitor.visit()
    assert (result.outcome, result.camera) == (Outcome.NOTHING_FITS, False)
    assert "cannot be played by Spotify" in result.detail
    assert (visitor.posts, visitor.camera.looks) == (2, 2)


def test_an_access_token_refused_at_the_post_is_renewed(visitor: Visitor) -> None:
    visitor.sim.faults.add(replace(FAULTS["expired"], method=ADD[0], path=ADD[1]))
    assert visitor.visit().outcome is Outcome.QUEUED
    assert (len(visitor.queued), visitor.states) == (1, [EntryState.ACCEPTED])


def test_after_a_post_without_an_answer_the_queue_decides(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", (5.0, 0.5))
    visitor.sim.faults.add(replace(FAULTS["queue_slow"], delay_s=1.0))
    with Visitor(visitor.sim, visitor.db) as hasty:
        assert hasty.visit().outcome is Outcome.QUEUED
    assert (len(visitor.queued), visitor.states) == (1, [EntryState.ACCEPTED])


@pytest.mark.parametrize("fault", ["queue_text", "queue_502", "queue_late"])
def test_a_second_visit_leaves_a_waiting_track_alone(visitor: Visitor, fault: str) -> None:
    visitor.sim.faults.add(fault)
    first = visitor.visit()
    visitor.sim.clock.advance(10)
    second = visitor.visit()
    assert second.outcome is Outcome.OWN_TRACK_WAITING
    assert second.detail == first.detail
    assert (visitor.posts, visitor.camera.looks, len(visitor.queued)) == (1, 1, 1)
    assert [visit.camera for visit in visitor.visits] == [True, False]


def test_a_lost_one_is_waited_for_and_then_given_up(visitor: Visitor) -> None:
    visitor.sim.faults.add("queue_lost")
    assert visitor.visit().outcome is Outcome.FAILED
    for _ in range(2):
        visitor.sim.clock.advance(SHOWN_WITHIN.total_seconds() / 2 - 5)
        assert visitor.visit().outcome is Outcome.OWN_TRACK_WAITING
    assert (visitor.posts, visitor.camera.looks) == (1, 1)
    assert visitor.states == [EntryState.SENT]
    visitor.sim.clock.advance(11)
    assert visitor.visit().outcome is Outcome.QUEUED
    assert visitor.states == [EntryState.UNKNOWN, EntryState.ACCEPTED]  # twenty others are shown
    assert (visitor.posts, len(visitor.queued)) == (2, 1)


@pytest.mark.parametrize(
    ("fault", "later"), [("queue_502", EntryState.ACCEPTED), ("queue_lost", EntryState.SENT)]
)
def test_where_the_queue_cannot_be_asked_either_the_next_visit_finds_out(
    visitor: Visitor, fault: str, later: EntryState
) -> None:
    visitor.sim.faults.add(fault)
    visitor.sim.faults.add(QUEUE_DOWN, after=1, times=None)
    assert visitor.visit().outcome is Outcome.FAILED
    assert visitor.states == [EntryState.SENT]
    visitor.sim.faults.clear()
    assert visitor.visit().outcome is Outcome.OWN_TRACK_WAITING
    assert visitor.states == [later]
    assert visitor.posts == 1


def test_an_accepted_track_that_shows_late_after_an_unclear_answer_is_found(
    visitor: Visitor,
) -> None:
    visitor.sim.faults.script("queue_late", "queue_502")
    assert visitor.visit().outcome is Outcome.FAILED
    visitor.sim.clock.advance(21)
    assert visitor.visit().outcome is Outcome.OWN_TRACK_WAITING
    assert visitor.states == [EntryState.ACCEPTED]
    assert (visitor.posts, len(visitor.queued)) == (1, 1)


@pytest.mark.parametrize("sends", [False, True])
def test_a_visit_that_is_killed_at_the_post_queues_once_or_not_at_all(
    visitor: Visitor, *, sends: bool
) -> None:
    visitor.spotify = KilledAtPost(visitor.session, sends=sends)
    with pytest.raises(KeyboardInterrupt):
        visitor.visit()
    assert visitor.states == [EntryState.SENT]
    visitor.spotify = visitor.session
    assert visitor.visit().outcome is Outcome.OWN_TRACK_WAITING
    assert visitor.posts == len(visitor.queued) == int(sends)
    visitor.sim.clock.advance(OVER)
    again = Outcome.OWN_TRACK_WAITING if sends else Outcome.QUEUED
    assert visitor.visit().outcome is again
    assert visitor.posts == len(visitor.queued) == 1


def test_a_visit_that_is_killed_in_its_look_stands_in_the_history(visitor: Visitor) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    visitor.camera.before = die
    with pytest.raises(KeyboardInterrupt):
        visitor.visit()
    assert [(one.outcome, one.camera) for one in visitor.visits] == [("failed", True)]
    visitor.camera.before = lambda: None
    visitor.visit()
    assert [(one.outcome, one.camera) for one in visitor.visits] == [
        ("failed", True),
        ("queued", True),
    ]


def test_two_visits_at_once_post_once(visitor: Visitor, file: Path) -> None:
    both_look = threading.Barrier(2, timeout=10)

    def make_visit(seed: int) -> VisitResult:
        with open_database(file) as db, Visitor(visitor.sim, db) as mine:
            mine.camera.before = both_look.wait
            return mine.visit(seed=seed)

    with ThreadPoolExecutor(2) as pool:
        outcomes = {result.outcome for result in pool.map(make_visit, range(2))}
    assert outcomes == {Outcome.QUEUED, Outcome.OWN_TRACK_WAITING}
    assert (visitor.posts, len(visitor.queued)) == (1, 1)
    assert visitor.states == [EntryState.ACCEPTED]
    assert len(visitor.visits) == 2


def test_a_mood_set_by_hand_needs_no_look(visitor: Visitor) -> None:
    save_set_mood(visitor.db, SetMood(visitor.now(), None, "happy", Affect(0.5, 0.4)))
    result = visitor.visit()
    assert result.outcome is Outcome.QUEUED
    assert (visitor.camera.looks, visitor.readings, result.camera) == (0, 0, False)
    entry = last_entry(visitor.db)
    assert entry is not None
    assert (entry.why["reading"], entry.why["mood"]["name"]) == (None, "happy")


def test_what_plays_at_a_visit_is_kept_as_heard(visitor: Visitor) -> None:
    visitor.visit()
    assert played_since(visitor.db, visitor.now()) == {visitor.sim.library.tracks[0].id}


@pytest.mark.parametrize("reason", Abstention)
def test_an_abstention_queues_nothing_and_is_gone_by_never(
    visitor: Visitor, reason: Abstention
) -> None:
    visitor.hear_nothing()
    visitor.camera.abstain(reason)
    result = visitor.visit()
    assert result.outcome is Outcome(reason.value)
    assert (visitor.posts, visitor.states, visitor.readings) == (0, [], 0)
    assert visitor.visits == [Visit(visitor.now(), reason.value, "a detail", camera=True)]


@pytest.mark.parametrize("reason", Abstention)
def test_where_the_face_abstains_listening_may_tell_enough(
    visitor: Visitor, reason: Abstention
) -> None:
    visitor.camera.abstain(reason)
    result = visitor.visit()
    assert (result.outcome, result.camera) == (Outcome.QUEUED, True)
    entry = last_entry(visitor.db)
    assert entry is not None
    assert (entry.why["reading"], list(entry.why["sources"])) == (None, ["listening"])
    assert "you have been playing" in entry.why["listening"]


def test_without_the_camera_listening_tells(visitor: Visitor) -> None:
    result = visitor.visit(shut=LITTLE_KNOWN)
    assert (result.outcome, result.camera, visitor.camera.looks) == (Outcome.QUEUED, False, 0)
    assert result.pick
    assert result.detail == result.pick.chosen.tagged.track.byline
    assert visitor.readings == 0


def test_without_the_camera_nothing_is_queued_while_little_is_known(visitor: Visitor) -> None:
    visitor.hear_nothing()
    result = visitor.visit(shut=LITTLE_KNOWN)
    assert (result.outcome, result.detail) == LITTLE_KNOWN
    assert (visitor.camera.looks, visitor.posts, visitor.states) == (0, 0, [])


def test_a_face_that_says_nothing_is_low_confidence(visitor: Visitor) -> None:
    visitor.hear_nothing()
    visitor.camera.shows = FaceReading(face_mood(0.5, 0.5, confidence=0.0))
    assert visitor.visit().outcome is Outcome.LOW_CONFIDENCE
    assert (visitor.posts, visitor.states) == (0, [])


FAILED_LOOKS = [
    (errors.CameraMissing("No camera."), Outcome.CAMERA_MISSING, False),
    (errors.CameraBusy("In use."), Outcome.CAMERA_BUSY, True),
    (errors.CameraDenied("Not allowed."), Outcome.CAMERA_DENIED, True),
    (errors.CameraError("The camera did not answer."), Outcome.FAILED, True),
    (errors.WorkerLost("The worker hung."), Outcome.FAILED, True),
    (errors.ModelError("Damaged."), Outcome.FAILED, False),
    (errors.LibraryMissing("No libEGL."), Outcome.FAILED, False),
]


@pytest.mark.parametrize(("error", "outcome", "opened"), FAILED_LOOKS, ids=str)
def test_a_look_that_fails_queues_nothing_while_little_is_known(
    visitor: Visitor, error: errors.CompanionError, outcome: Outcome, *, opened: bool
) -> None:
    visitor.hear_nothing()
    visitor.camera.shows = error
    result = visitor.visit()
    assert (result.outcome, result.error) == (outcome, error)
    assert (visitor.posts, visitor.states, visitor.readings) == (0, [], 0)
    assert visitor.visits == [Visit(visitor.now(), outcome.value, str(error), camera=opened)]


@pytest.mark.parametrize(("error", "outcome", "opened"), FAILED_LOOKS, ids=str)
def test_where_a_look_fails_listening_may_tell_enough(
    visitor: Visitor, error: errors.CompanionError, outcome: Outcome, *, opened: bool
) -> None:
    visitor.camera.shows = error
    result = visitor.visit()
    assert (result.outcome, result.error, result.unseen) == (Outcome.QUEUED, None, error)
    assert (visitor.posts, visitor.readings, visitor.camera.looks) == (1, 0, 1)
    entry = last_entry(visitor.db)
    assert entry is not None
    assert entry.why["unseen"] == f"{error} {error.remedy}"
    assert list(entry.why["sources"]) == ["listening"]
    [kept] = visitor.visits
    assert (kept.outcome, kept.camera) == ("queued", opened)
    assert kept.detail == f"{entry.track.byline} (by listening: {error} {error.remedy})"


def test_a_file_that_the_user_named_is_no_camera_to_do_without(visitor: Visitor) -> None:
    error = visitor.camera.shows = errors.SourceUnreadable("No video.")
    result = visitor.visit()
    assert (result.outcome, result.error, visitor.posts) == (Outcome.FAILED, error, 0)


LIMIT = (Outcome.LIMIT_REACHED, "3 looks an hour")


def test_past_the_limit_of_looks_listening_may_tell_enough(visitor: Visitor) -> None:
    result = visitor.visit(shut=LIMIT)
    assert (result.outcome, result.camera, visitor.camera.looks) == (Outcome.QUEUED, False, 0)
    assert result.detail.endswith("(by listening: limit reached, 3 looks an hour)")


def test_past_the_limit_of_looks_nothing_is_queued_while_little_is_known(visitor: Visitor) -> None:
    visitor.hear_nothing()
    result = visitor.visit(shut=LIMIT)
    assert (result.outcome, result.detail) == LIMIT
    assert (visitor.camera.looks, visitor.posts) == (0, 0)


@pytest.mark.parametrize("dry", [False, True])
def test_without_a_tagged_track_the_camera_stays_closed(visitor: Visitor, *, dry: bool) -> None:
    keep_tags(visitor)
    assert visitor.visit(dry=dry).outcome is Outcome.NOTHING_FITS
    assert (visitor.camera.looks, visitor.posts) == (0, 0)
    assert len(visitor.visits) == (0 if dry else 1)


def test_what_plays_or_comes_anyway_is_not_picked(visitor: Visitor) -> None:
    keep_tags(visitor, *(track.id for track in visitor.sim.library.tracks[:3]))
    assert visitor.visit().outcome is Outcome.NOTHING_FITS
    assert (visitor.camera.looks, visitor.posts, visitor.states) == (0, 0, [])


def test_a_mood_far_from_every_track_queues_nothing(visitor: Visitor) -> None:
    visitor.hear_nothing()
    visitor.camera.shows = FaceReading(face_mood(-0.9, -0.9))
    result = visitor.visit()
    assert result.outcome is Outcome.NOTHING_FITS
    assert (visitor.posts, visitor.states, visitor.readings) == (0, [], 1)


def test_a_track_comes_again_only_after_the_no_repeat_hours(visitor: Visitor) -> None:
    visitor.sim.player.repeat_state = "context"
    keep_tags(visitor, visitor.sim.library.tracks[9].id)
    assert visitor.visit().outcome is Outcome.QUEUED
    for _ in range(2):  # it plays, and is over
        visitor.sim.player.skip()
        assert visitor.visit().outcome is Outcome.NOTHING_FITS
    assert visitor.states == [EntryState.SKIPPED]
    visitor.sim.clock.advance(Choose().no_repeat_hours * 3600 + 1)
    assert visitor.visit().outcome is Outcome.QUEUED


@pytest.mark.parametrize("relinked", [False, True])
def test_through_an_evening_each_track_is_queued_once(visitor: Visitor, *, relinked: bool) -> None:
    if relinked:
        visitor.sim.faults.add("relinked")
    names = []
    for seed in range(6):
        result = visitor.visit(seed=seed)
        assert result.outcome is Outcome.QUEUED
        names.append(result.detail)
        visitor.sim.player.skip()
    assert len(set(names)) == visitor.posts == 6
    assert visitor.states == [EntryState.SKIPPED] * 4 + [EntryState.PLAYING, EntryState.ACCEPTED]


def test_earlier_readings_colour_the_mood(visitor: Visitor) -> None:
    visitor.hear_nothing()
    visitor.visit()
    visitor.sim.clock.advance(Choose().half_life_minutes * 60)
    visitor.sim.player.play(visitor.sim.library.tracks[:3])
    visitor.camera.shows = FaceReading(face_mood(-0.1, 0.1))
    mood = visitor.visit().mood
    assert mood is not None
    assert mood.readings == 2
    weight = 1 / (1 + (0.6**2 + 0.3**2) / 0.5**2)  # half as old, and an outlier by 0.67
    assert mood.affect.valence == pytest.approx((0.5 * weight + 2 * -0.1) / (weight + 2))
    assert mood.affect.arousal == pytest.approx((0.4 * weight + 2 * 0.1) / (weight + 2))


@pytest.mark.parametrize("shows", [None, *Abstention, errors.CameraBusy("In use.")], ids=str)
def test_a_dry_run_asks_nothing_and_stores_nothing(
    visitor: Visitor, shows: Abstention | errors.CompanionError | None
) -> None:
    if isinstance(shows, Abstention):
        visitor.camera.abstain(shows)
    elif shows is not None:
        visitor.camera.shows = shows
    visitor.hear_nothing()
    changes, asked = visitor.db.total_changes, len(visitor.sim.requests)
    result = visitor.visit(dry=True)
    assert (result.outcome is None) == (result.pick is not None) == (shows is None)
    assert visitor.camera.looks == 1
    assert (visitor.db.total_changes, len(visitor.sim.requests)) == (changes, asked)


def test_a_dry_run_goes_by_the_mood_that_is_stored(visitor: Visitor) -> None:
    visitor.visit()
    mood = visitor.visit(dry=True).mood
    assert mood is not None
    assert mood.readings == 2


RESTING = RestingFace("face_adaptation/1", (0.1,) * 14, (0.25,) * 16, 3.0, 4, 739_000, 1.0)


@pytest.mark.parametrize("reason", [None, Abstention.LOW_CONFIDENCE])
def test_a_visit_keeps_what_its_look_tells_of_the_resting_face(
    visitor: Visitor, reason: Abstention | None
) -> None:
    visitor.camera.shows = FaceReading(face_mood(0.5, 0.4), reason, resting=RESTING)
    visitor.visit()
    assert read_resting(visitor.db, RESTING.model) == RESTING


def test_a_visit_that_tells_nothing_of_it_leaves_it(visitor: Visitor) -> None:
    save_resting(visitor.db, RESTING, visitor.now())
    visitor.camera.abstain(Abstention.NO_FACE)
    visitor.visit()
    assert read_resting(visitor.db, RESTING.model) == RESTING

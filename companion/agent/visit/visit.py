"""A visit: conditions, a look, a choice, one track queued."""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Protocol

from companion.affect import FaceReading
from companion.agent.playback.follow import observe
from companion.agent.visit.choice import choose_track, find_obstacle
from companion.agent.visit.conditions import (
    LITTLE_KNOWN,
    UNTAGGED,
    Obstacle,
    check_in_order,
    check_player,
)
from companion.agent.visit.explanation import make_why
from companion.agent.visit.mood import current_mood
from companion.agent.visit.outcome import Outcome, outcome_of
from companion.agent.visit.reconcile import reconcile
from companion.choose.fusion.estimate import MOST_SPREAD
from companion.choose.mood import PresentMood
from companion.choose.pick import NothingFits, Pick
from companion.choose.strategy import Target
from companion.config.schema import Config
from companion.errors import (
    CameraError,
    CameraMissing,
    CompanionError,
    LibraryMissing,
    ModelError,
    SourceUnreadable,
    SpotifyError,
    SpotifyUnreachable,
    WorkerLost,
)
from companion.playback import PlayerState, QueueView
from companion.store.face.profile import save_resting
from companion.store.face.readings import save_reading
from companion.store.history.overrides import read_set_mood
from companion.store.history.queue import EntryState, move_entry, plan_entry
from companion.store.history.visits import Visit, save_visit
from companion.store.listening.plays import save_upcoming
from companion.store.listening.snapshots import save_played
from companion.store.tracks.tags import has_tags
from companion.track import Track

_logger = logging.getLogger(__name__)

UNFINISHED = "the visit was not finished"


class Player(Protocol):
    """The part of Spotify that a visit uses."""

    def player(self) -> PlayerState | None: ...

    def queue(self) -> QueueView: ...

    def add(self, uri: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The things that a visit works with.

    Attributes:
        spotify: None for a dry run, which asks nothing, queues nothing and stores nothing.
        look: opens the camera and reads the mood.
        face_model: the label of the weights that `look` uses.
        rng: where the draw among the best comes from.
        clock: the present time, with its zone.
        obstacle: tells what on this machine speaks against the visit; it is asked first.
        shut: how a visit ends that may not look, where listening tells too little; None: it may.
        visit_id: the visit's id in the store, once it has begun; None in a dry run.
    """

    db: sqlite3.Connection
    spotify: Player | None
    look: Callable[[], FaceReading]
    face_model: str
    config: Config
    rng: Random
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    obstacle: Callable[[], Obstacle | None] = lambda: None
    shut: Obstacle | None = None
    visit_id: int | None = None


@dataclass(frozen=True, slots=True)
class VisitResult:
    """The end of a visit and what it saw on the way; None for what it did not come to.

    Attributes:
        outcome: None for a dry run that found a track.
        detail: the rest of the sentence that the outcome begins.
        error: what ended it, where something went wrong.
        unseen: the error of the look, where the mood was known well enough without.
    """

    outcome: Outcome | None
    detail: str = ""
    reading: FaceReading | None = None
    mood: PresentMood | None = None
    target: Target | None = None
    pick: Pick | None = None
    error: CompanionError | None = None
    unseen: CompanionError | None = None

    @property
    def camera(self) -> bool:
        """True where the camera was opened, or tried; one that is missing cannot be."""
        error = self.unseen or self.error
        if isinstance(error, CameraMissing):
            return False
        return self.reading is not None or isinstance(error, CameraError | WorkerLost)


def visit(needs: Dependencies) -> VisitResult:
    """Make one visit and store how it ended. It raises no `CompanionError`."""
    if needs.spotify is None:
        return _attempt(needs)
    record = _Record(needs)
    result = _attempt(replace(needs, look=record.look, visit_id=record.visit_id))
    if result.outcome:
        _logger.info("visit: %s: %s", result.outcome.words, result.detail)
        seconds = result.reading.camera_seconds if result.reading else None
        record.save(result.outcome, result.detail, camera=result.camera, seconds=seconds)
    return result


def _attempt(needs: Dependencies) -> VisitResult:
    try:
        return _make_visit(needs)
    except CompanionError as error:
        return VisitResult(outcome_of(error), str(error), error=error)


class _Record:
    """The visit's row in the store, there from its begin on, should the program be killed."""

    def __init__(self, needs: Dependencies) -> None:
        self._needs = needs
        self._began = needs.clock()
        self.visit_id: int | None = None
        self.save(Outcome.FAILED, UNFINISHED, camera=False)

    def look(self) -> FaceReading:
        self.save(Outcome.FAILED, UNFINISHED, camera=True)
        return self._needs.look()

    def save(
        self, outcome: Outcome, detail: str, *, camera: bool, seconds: float | None = None
    ) -> None:
        kept = Visit(self._began, outcome.value, detail, camera, seconds)
        self.visit_id = save_visit(self._needs.db, kept, self.visit_id)


def _make_visit(needs: Dependencies) -> VisitResult:
    if obstacle := needs.obstacle():
        return VisitResult(*obstacle)
    ahead: tuple[Track, ...] = ()
    if needs.spotify:
        asked = _ask_spotify(needs, needs.spotify)
        if isinstance(asked, VisitResult):
            return asked
        ahead = asked
    if not has_tags(needs.db):
        return VisitResult(*UNTAGGED)
    if reason := find_obstacle(needs.db, needs.config.choose, needs.clock(), ahead):
        return VisitResult(Outcome.NOTHING_FITS, reason)
    if read_set_mood(needs.db, needs.clock()):  # it wins, so nobody needs to look
        return _choose(needs, ahead)
    return _look_and_choose(needs, ahead)


def _look_and_choose(needs: Dependencies, ahead: tuple[Track, ...]) -> VisitResult:
    """Choose by a look, or without one where the camera stays shut or fails."""
    if needs.shut:
        return _choose_unseen(needs, ahead, VisitResult(*needs.shut))
    try:
        reading = needs.look()
    except SourceUnreadable:  # a file that the user named
        raise
    except (CameraError, WorkerLost, ModelError, LibraryMissing) as error:
        failed = VisitResult(outcome_of(error), str(error), error=error)
        return _choose_unseen(needs, ahead, failed)
    if needs.spotify and reading.resting:
        save_resting(needs.db, reading.resting, needs.clock())
    if reading.mood is None or reading.abstention:
        abstained = VisitResult(_abstained(reading), reading.detail, reading)
        return _choose_unseen(needs, ahead, abstained)
    return _choose(needs, ahead, reading)


def _choose_unseen(
    needs: Dependencies, ahead: tuple[Track, ...], otherwise: VisitResult
) -> VisitResult:
    """Choose without a fresh reading of the face, where the mood is known well enough."""
    mood = current_mood(needs.db, needs.config.choose, needs.clock())
    if mood is None or mood.spread > MOST_SPREAD:
        return otherwise
    found = _choose(needs, ahead, unseen=_unseen(otherwise))
    return replace(found, reading=otherwise.reading, unseen=otherwise.error)


def _unseen(without: VisitResult) -> str:
    """Say why there is no reading; "" where the camera is to stay shut."""
    if error := without.error:
        return f"{error} {error.remedy}"
    if without.outcome is None or (without.outcome, without.detail) == LITTLE_KNOWN:
        return ""
    return f"{without.outcome.value.replace('_', ' ')}, {without.detail}"


def _choose(
    needs: Dependencies,
    ahead: tuple[Track, ...],
    reading: FaceReading | None = None,
    unseen: str = "",
) -> VisitResult:
    """Choose by what was seen, and hand the track over unless this is a dry run.

    `unseen` is why nothing was seen, to be told with the track.
    """
    now = needs.clock()
    seen = reading.mood if reading else None
    choice = choose_track(needs.db, needs.config.choose, needs.rng, now, reading=seen, ahead=ahead)
    if needs.spotify and reading and seen:
        save_reading(needs.db, seen, needs.face_model, now, needs.visit_id, reading.look)
    if choice.picked is None:
        return VisitResult(Outcome.LOW_CONFIDENCE, "the model is unsure", reading)
    found = VisitResult(None, "", reading, choice.mood, choice.target)
    if isinstance(choice.picked, NothingFits):
        return replace(found, outcome=Outcome.NOTHING_FITS, detail=choice.picked.limit)
    track = choice.picked.chosen.tagged.track
    told = f" (by listening: {unseen})" if unseen else ""
    found = replace(found, detail=track.byline + told, pick=choice.picked)
    if needs.spotify is None:
        return found
    doubt = reading.detail if reading else ""
    why = make_why(choice, choice.picked, now, doubt) | {"unseen": unseen}
    return _hand_over(needs, needs.spotify, found, track, why)


def _ask_spotify(needs: Dependencies, spotify: Player) -> VisitResult | tuple[Track, ...]:
    """Learn what plays and comes, or why the visit ends before the camera opens."""
    now, late = needs.clock(), timedelta(seconds=needs.config.agent.late_seconds)
    player = spotify.player()
    observe(needs.db, player, now, late)
    if obstacle := check_player(player):
        return VisitResult(*obstacle)
    queue = spotify.queue()
    save_upcoming(needs.db, queue.coming, now)
    if queue.playing:
        save_played(needs.db, queue.playing.id, now)
    waiting = reconcile(needs.db, playing=queue.playing, upcoming=queue.coming, now=now)
    if waiting:
        return VisitResult(Outcome.OWN_TRACK_WAITING, waiting.track.byline)
    if obstacle := check_in_order(needs.db, needs.config):
        return VisitResult(*obstacle)
    return (queue.playing, *queue.coming) if queue.playing else queue.coming


def _abstained(reading: FaceReading) -> Outcome:
    return Outcome(reading.abstention.value) if reading.abstention else Outcome.NO_FACE


def _hand_over(
    needs: Dependencies, spotify: Player, found: VisitResult, track: Track, why: dict[str, Any]
) -> VisitResult:
    """Store the intent, then POST once; the store and `GET queue` decide what is unclear."""
    entry = plan_entry(needs.db, track, why, needs.clock(), needs.visit_id)
    if entry is None or not _move(needs, entry, EntryState.PLANNED, EntryState.SENT):
        return replace(found, outcome=Outcome.OWN_TRACK_WAITING, detail="of another visit")
    try:
        spotify.add(track.uri)
    except SpotifyUnreachable as error:
        if not _arrived(spotify, track):
            return replace(found, outcome=Outcome.FAILED, detail=str(error), error=error)
    except SpotifyError as error:
        refused = type(error) is SpotifyError  # of no kind that is about the user or the device
        _move(needs, entry, EntryState.SENT, EntryState.REFUSED if refused else EntryState.LOST)
        return replace(found, outcome=outcome_of(error), detail=str(error), error=error)
    _move(needs, entry, EntryState.SENT, EntryState.ACCEPTED)
    return replace(found, outcome=Outcome.QUEUED)


def _arrived(spotify: Player, track: Track) -> bool:
    """True where the queue shows the track; if it cannot be asked either, nobody knows yet."""
    try:
        return spotify.queue().holds(track)
    except SpotifyError as error:
        _logger.warning("the queue cannot be asked after an unclear answer: %s", error)
        return False


def _move(needs: Dependencies, entry: int, state: EntryState, to: EntryState) -> bool:
    return move_entry(needs.db, entry, state, to, needs.clock())

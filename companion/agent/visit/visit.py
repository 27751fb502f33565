"""A visit: conditions, a look, a choice, one track queued. Here the rooms meet."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from typing import Any, Protocol

from companion.affect import FaceReading
from companion.agent.playback.follow import observe, polled
from companion.agent.visit.choice import choose_track
from companion.agent.visit.conditions import CAMERA_SHUT, Obstacle, check_player
from companion.agent.visit.explanation import make_why
from companion.agent.visit.outcome import Outcome, outcome_of
from companion.agent.visit.reconcile import settle
from companion.choose.mood import PresentMood
from companion.choose.pick import NothingFits, Pick
from companion.choose.strategy import Target
from companion.config.schema import Choose
from companion.errors import (
    CameraError,
    CompanionError,
    SpotifyError,
    SpotifyUnreachable,
    WorkerLost,
)
from companion.playback import PlayerState, QueueView
from companion.store.face import save_reading
from companion.store.listening import save_played
from companion.store.overrides import read_set_mood
from companion.store.queue import EntryState, move_entry, plan_entry
from companion.store.tags import has_tags
from companion.store.visits import Visit, save_visit
from companion.track import Track

_logger = logging.getLogger(__name__)


class Player(Protocol):
    """What a visit needs of Spotify."""

    def player(self) -> PlayerState | None: ...

    def queue(self) -> QueueView: ...

    def add(self, uri: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a visit works with.

    Attributes:
        db: the store.
        spotify: None for a dry run, which asks nothing, queues nothing and stores nothing.
        look: opens the camera and reads the mood.
        face_model: the label of the weights that `look` uses.
        settings: how to choose.
        rng: where the draw among the best comes from.
        clock: the present time, with its zone.
        obstacle: what on this side of Spotify speaks against the visit; it is asked first.
        may_look: whether the user allows what `look` opens.
    """

    db: sqlite3.Connection
    spotify: Player | None
    look: Callable[[], FaceReading]
    face_model: str
    settings: Choose
    rng: Random
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    obstacle: Callable[[], Obstacle | None] = lambda: None
    may_look: bool = True


@dataclass(frozen=True, slots=True)
class VisitResult:
    """How a visit ended and what it saw on the way; None for what it did not come to.

    Attributes:
        outcome: None for a dry run that found a track.
        detail: the rest of the sentence that the outcome begins.
        error: what went wrong, where something did.
    """

    outcome: Outcome | None
    detail: str = ""
    reading: FaceReading | None = None
    mood: PresentMood | None = None
    target: Target | None = None
    pick: Pick | None = None
    error: CompanionError | None = None

    @property
    def camera(self) -> bool:
        """Whether the camera was opened, or tried."""
        return self.reading is not None or isinstance(self.error, CameraError | WorkerLost)


def visit(rooms: Rooms) -> VisitResult:
    """Make one visit and store how it ended. No failure of a room escapes it."""
    record = _Record(rooms)
    try:
        result = _go(replace(rooms, look=record.look) if rooms.spotify else rooms)
    except CompanionError as error:
        result = VisitResult(outcome_of(error), str(error), error=error)
    if rooms.spotify and result.outcome:
        _logger.info("visit: %s: %s", result.outcome.words, result.detail)
        record.save(result.outcome, result.detail, camera=result.camera)
    return result


class _Record:
    """A visit's row in the store: there before the camera opens, should the program be killed."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._row: int | None = None

    def look(self) -> FaceReading:
        self.save(Outcome.FAILED, "the look was not finished", camera=True)
        return self._rooms.look()

    def save(self, outcome: Outcome, detail: str, *, camera: bool) -> None:
        ended = Visit(self._rooms.clock(), outcome.value, detail, camera)
        self._row = save_visit(self._rooms.db, ended, self._row)


def _go(rooms: Rooms) -> VisitResult:
    if obstacle := rooms.obstacle():
        return VisitResult(*obstacle)
    ahead: tuple[Track, ...] = ()
    if rooms.spotify:
        asked = _ask_spotify(rooms.db, rooms.spotify, rooms.clock())
        if isinstance(asked, VisitResult):
            return asked
        ahead = asked
    if not has_tags(rooms.db):
        return VisitResult(
            Outcome.NOTHING_FITS, "no track of the library is tagged yet: `companion tag`"
        )
    if read_set_mood(rooms.db, rooms.clock()):  # it wins, so nobody needs to look
        return _choose(rooms, ahead)
    if not rooms.may_look:
        return VisitResult(*CAMERA_SHUT)
    reading = rooms.look()
    if reading.mood is None or reading.abstention:
        return VisitResult(_abstained(reading), reading.detail, reading)
    return _choose(rooms, ahead, reading)


def _choose(
    rooms: Rooms, ahead: tuple[Track, ...], reading: FaceReading | None = None
) -> VisitResult:
    """Choose by what was seen, and hand the track over unless this is a dry run."""
    now = rooms.clock()
    seen = reading.mood if reading else None
    choice = choose_track(rooms.db, rooms.settings, rooms.rng, now, reading=seen, ahead=ahead)
    if rooms.spotify and seen:
        save_reading(rooms.db, seen, rooms.face_model, now)
    if choice.picked is None:
        return VisitResult(Outcome.LOW_CONFIDENCE, "the model is sure of nothing", reading)
    found = VisitResult(None, "", reading, choice.mood, choice.target)
    if isinstance(choice.picked, NothingFits):
        return replace(found, outcome=Outcome.NOTHING_FITS, detail=choice.picked.limit)
    track = choice.picked.chosen.tagged.track
    found = replace(found, detail=track.byline, pick=choice.picked)
    if rooms.spotify is None:
        return found
    return _hand_over(rooms, rooms.spotify, found, track, make_why(choice, choice.picked))


def _ask_spotify(
    db: sqlite3.Connection, spotify: Player, now: datetime
) -> VisitResult | tuple[Track, ...]:
    """What plays and comes, or why the visit ends before the camera opens."""
    player = spotify.player()
    observe(db, polled(player), now)
    if obstacle := check_player(player):
        return VisitResult(*obstacle)
    queue = spotify.queue()
    if queue.playing:
        save_played(db, queue.playing.id, now)
    waiting = settle(db, playing=queue.playing, upcoming=queue.coming, now=now)
    if waiting:
        return VisitResult(Outcome.OWN_TRACK_WAITING, waiting.track.byline)
    return (queue.playing, *queue.coming) if queue.playing else queue.coming


def _abstained(reading: FaceReading) -> Outcome:
    return Outcome(reading.abstention.value) if reading.abstention else Outcome.NO_FACE


def _hand_over(
    rooms: Rooms, spotify: Player, found: VisitResult, track: Track, why: dict[str, Any]
) -> VisitResult:
    """Store the intent, then POST once; the store and `GET queue` decide what is unclear."""
    entry = plan_entry(rooms.db, track, why, rooms.clock())
    if entry is None or not _move(rooms, entry, EntryState.PLANNED, EntryState.SENT):
        return replace(found, outcome=Outcome.OWN_TRACK_WAITING, detail="of another visit")
    try:
        spotify.add(track.uri)
    except SpotifyUnreachable as error:
        if not _arrived(spotify, track):
            return replace(found, outcome=Outcome.FAILED, detail=str(error), error=error)
    except SpotifyError as error:
        _move(rooms, entry, EntryState.SENT, EntryState.LOST)
        return replace(found, outcome=outcome_of(error), detail=str(error), error=error)
    _move(rooms, entry, EntryState.SENT, EntryState.ACCEPTED)
    return replace(found, outcome=Outcome.QUEUED)


def _arrived(spotify: Player, track: Track) -> bool:
    """Whether the queue shows the track; where it cannot be asked either, nobody knows yet."""
    try:
        return spotify.queue().holds(track)
    except SpotifyError as error:
        _logger.warning("the queue cannot be asked after an unclear answer: %s", error)
        return False


def _move(rooms: Rooms, entry: int, state: EntryState, to: EntryState) -> bool:
    return move_entry(rooms.db, entry, state, to, rooms.clock())

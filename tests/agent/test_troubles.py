"""The result of each trouble with Spotify, as tables.

One row for every fault of the simulator, and one for every error that Spotify is known to
answer: the outcome's word, the exit code, what is stored, and what was asked.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import pytest

from companion.agent.library.sync import sync_library
from companion.agent.visit.outcome import Outcome
from companion.config.schema import Spotify
from companion.demo.environment import consent
from companion.demo.simulator.faults import FAULTS, Answer, Fault
from companion.demo.simulator.library import library
from companion.demo.simulator.server import Simulator
from companion.errors import ClipError, LoginNeeded
from companion.music.clips.deezer import DeezerClips
from companion.music.clips.pace import Pace
from companion.music.clips.provider import ClipQuery
from companion.spotify import transport as web
from companion.spotify.auth import tokens
from companion.spotify.auth.credentials import CredentialStore
from companion.spotify.auth.login import sign_in
from companion.spotify.quota import Group
from companion.store.history.queue import EntryState
from companion.store.tracks.library import count_tracks
from companion.store.usage import read_wait
from tests.agent.visitor import Visitor, now_at
from tests.agent.visitor import sign_in as open_session
from tests.spotify.fakes import CLIENT_ID, MemoryKeyring

pytestmark = pytest.mark.slow

ONCE, ALWAYS = 1, None
LONGEST_DELAY = 2.0  # seconds
HOURS = 3600
NAMES = {
    ("POST", "/api/token"): "token",
    ("GET", "/v1/me/player"): "player",
    ("GET", "/v1/me/player/queue"): "queue",
    ("POST", "/v1/me/player/queue"): "add",
}


@dataclass(frozen=True)
class Row:
    """The expected result of a visit.

    Attributes:
        code: the exit code of `companion once`.
        state: of the entry; None where none is made.
        asked: how often the token, the player, the queue and an add were asked for.
        queued: how many tracks wait at Spotify, in truth.
        wait: hours until the player may be asked again.
    """

    outcome: Outcome
    code: int
    state: EntryState | None
    asked: tuple[int, int, int, int]
    queued: int = 0
    wait: float = 0


def goes_well(*asked: int) -> Row:
    token, player, queue, add = asked
    return Row(Outcome.QUEUED, 0, EntryState.ACCEPTED, (token, player, queue, add), queued=1)


def pauses(outcome: Outcome, code: int = 0, *, asked: tuple[int, ...] = (1, 1, 0, 0)) -> Row:
    token, player, queue, add = asked
    return Row(outcome, code, None, (token, player, queue, add))


def refused(outcome: Outcome, code: int) -> Row:
    return Row(outcome, code, EntryState.LOST, (1, 1, 1, 1))


def fails(*asked: int) -> Row:
    return pauses(Outcome.FAILED, 37, asked=asked)


WELL = goes_well(1, 1, 1, 1)
LOOKED_AGAIN = goes_well(1, 1, 2, 1)  # after an unclear answer the queue decides
LOST = Row(Outcome.FAILED, 37, EntryState.SENT, (1, 1, 2, 1))
SHUT = Row(Outcome.QUOTA, 36, None, (1, 1, 0, 0), wait=17)

VISITS: dict[str, tuple[Row, Row]] = {  # hit once; hit again and again
    "queue_text": (WELL, WELL),
    "queue_502": (LOOKED_AGAIN, LOOKED_AGAIN),
    "queue_lost": (LOST, LOST),
    "queue_slow": (LOOKED_AGAIN, LOOKED_AGAIN),
    "queue_late": (WELL, WELL),
    "premium_required": (refused(Outcome.PREMIUM_NEEDED, 33),) * 2,
    "restriction": (refused(Outcome.RESTRICTED, 35),) * 2,
    "no_active_device": (refused(Outcome.NO_DEVICE, 34),) * 2,
    "owner_premium": (pauses(Outcome.PREMIUM_NEEDED, 33),) * 2,
    "not_registered": (pauses(Outcome.RESTRICTED, 35),) * 2,
    "expired": (
        goes_well(2, 2, 1, 1),
        pauses(Outcome.LOGIN_NEEDED, 31, asked=(2, 2, 0, 0)),
    ),
    "rate_limit": (
        goes_well(1, 2, 1, 1),
        Row(Outcome.QUOTA, 36, None, (1, 3, 0, 0), wait=3 / HOURS),
    ),
    "quota": (SHUT, SHUT),
    "server_error": (goes_well(1, 2, 1, 1), fails(1, 3, 0, 0)),
    "text": (goes_well(1, 2, 1, 1), fails(1, 3, 0, 0)),
    "slow": (goes_well(1, 2, 1, 1), fails(1, 3, 0, 0)),
    "no_device": (pauses(Outcome.NO_DEVICE),) * 2,
    "restricted_device": (pauses(Outcome.RESTRICTED),) * 2,
    "private_session": (pauses(Outcome.PRIVATE_SESSION),) * 2,
    "advert": (pauses(Outcome.NOT_PLAYING),) * 2,
    "episode": (pauses(Outcome.NOT_PLAYING),) * 2,
    "local_file": (pauses(Outcome.NOT_PLAYING),) * 2,
    "relinked": (WELL, WELL),
    "token_503": (goes_well(2, 1, 1, 1), fails(3, 0, 0, 0)),
    "token_slow": (goes_well(2, 1, 1, 1), fails(3, 0, 0, 0)),
    "token_rotates": (WELL, WELL),
    "token_no_scope": (WELL, WELL),
    "invalid_grant": (pauses(Outcome.LOGIN_NEEDED, 31, asked=(1, 0, 0, 0)),) * 2,
}
# What a sync comes to: the exit code, how many of 120 tracks are stored, the requests of pages.
SYNCS: dict[str, tuple[int, int, int]] = {
    "library_grows": (0, 121, 7),
    "library_shrinks": (0, 120, 7),
}
SIGN_INS: dict[str, str] = {"denied": "You did not allow"}
CLIPS: dict[str, int] = {
    "clip_throttled": 20,
    "clip_unknown": 20,
    "clip_damaged": 0,  # the decoder finds out
    "clip_gone": 20,
}


def test_every_fault_has_its_row() -> None:
    assert sorted([*VISITS, *SYNCS, *SIGN_INS, *CLIPS]) == sorted(FAULTS)


@pytest.fixture(autouse=True)
def impatient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the timeouts for slow answers to seconds; keep the real ones for all other faults."""
    case = getattr(request.node, "callspec", None)
    fault = FAULTS.get(case.params.get("fault")) if case else None
    if fault and fault.delay_s > LONGEST_DELAY:
        for module in (tokens, web):
            monkeypatch.setattr(module, "TIMEOUT_SECONDS", (5.0, LONGEST_DELAY / 2))


def hastened(fault: str) -> Fault:
    return replace(FAULTS[fault], delay_s=min(FAULTS[fault].delay_s, LONGEST_DELAY))


def see(visitor: Visitor) -> Row:
    """Make a visit and tell what came of it."""
    result = visitor.visit()
    assert result.outcome is not None
    assert [visit.outcome for visit in visitor.visits] == [result.outcome.value]
    asked = Counter(NAMES[one.method, one.path] for one in visitor.sim.requests)
    until = read_wait(visitor.db, Group.PLAYER, visitor.now())
    return Row(
        result.outcome,
        result.error.exit_code if result.error else 0,
        visitor.states[0] if visitor.states else None,
        (asked["token"], asked["player"], asked["queue"], asked["add"]),
        len(visitor.queued),
        round((until - visitor.now()).total_seconds() / HOURS, 6) if until else 0,
    )


@pytest.mark.parametrize("fault", VISITS)
@pytest.mark.parametrize("times", [ONCE, ALWAYS])
def test_a_visit_under_a_fault(visitor: Visitor, fault: str, times: int | None) -> None:
    expected = VISITS[fault][times is ALWAYS]
    visitor.sim.faults.add(hastened(fault), times=times)
    assert see(visitor) == replace(expected, wait=round(expected.wait, 6))
    assert visitor.camera.looks == (expected.state is not None)


@pytest.mark.parametrize("fault", [name for name, rows in VISITS.items() if rows[0].queued])
def test_what_was_queued_is_never_doubled(visitor: Visitor, fault: str) -> None:
    """The next visits find it waiting, then see it play, and only then queue another."""
    visitor.sim.faults.add(hastened(fault))
    first = visitor.visit()
    for _ in range(3):
        visitor.sim.clock.advance(21)
        assert visitor.visit().outcome is Outcome.OWN_TRACK_WAITING
    assert (visitor.posts, len(visitor.queued)) == (1, 1)
    visitor.sim.player.skip()
    second = visitor.visit(seed=1)
    assert second.outcome is Outcome.QUEUED
    assert second.detail != first.detail
    assert (visitor.posts, len(visitor.queued)) == (2, 1)


@dataclass(frozen=True)
class Said:
    """An error that Spotify is known to answer, and what it comes to on each call."""

    status: int
    body: Any
    player: tuple[Outcome, int, int]  # while the player is asked: word, exit code, tries
    add: tuple[Outcome, int, EntryState]  # in answer to the add
    headers: tuple[tuple[str, str], ...] = ()
    wait: float = 0  # hours until the player may be asked again


def api(status: int, message: str, reason: str | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"status": status, "message": message}
    return {"error": error | ({"reason": reason} if reason else {})}


PREMIUM = (Outcome.PREMIUM_NEEDED, 33)
RESTRICTED = (Outcome.RESTRICTED, 35)
NO_DEVICE = (Outcome.NO_DEVICE, 34)
QUOTA = (Outcome.QUOTA, 36)
OUT_OF_ORDER = (Outcome.FAILED, 37)
SENT, GONE = EntryState.SENT, EntryState.LOST

ERRORS: dict[str, Said] = {
    "401 expired": Said(
        401,
        api(401, "The access token expired"),
        (Outcome.LOGIN_NEEDED, 31, 2),
        (Outcome.LOGIN_NEEDED, 31, GONE),
    ),
    "403 premium": Said(
        403,
        api(403, "Player command failed: Premium required", "PREMIUM_REQUIRED"),
        (*PREMIUM, 1),
        (*PREMIUM, GONE),
    ),
    "403 owner": Said(
        403,
        "Active premium subscription required for the owner of the app.",
        (*PREMIUM, 1),
        (*PREMIUM, GONE),
    ),
    "403 not registered": Said(
        403,
        "Check settings on developer.spotify.com/dashboard, the user may not be registered.",
        (*RESTRICTED, 1),
        (*RESTRICTED, GONE),
    ),
    "403 restriction": Said(
        403,
        api(403, "Player command failed: Restriction violated", "UNKNOWN"),
        (*RESTRICTED, 1),
        (*RESTRICTED, GONE),
    ),
    "404 no device": Said(
        404,
        api(404, "Player command failed: No active device found", "NO_ACTIVE_DEVICE"),
        (*NO_DEVICE, 1),
        (*NO_DEVICE, GONE),
    ),
    "429 short": Said(
        429,
        api(429, "API rate limit exceeded"),
        (*QUOTA, 3),
        (*QUOTA, GONE),
        (("Retry-After", "2"),),
        wait=2 / HOURS,
    ),
    "429 in text": Said(
        429,
        "Too many requests",
        (*QUOTA, 3),
        (*QUOTA, GONE),
        (("Retry-After", "2"),),
        wait=2 / HOURS,
    ),
    "429 without a time": Said(
        429, api(429, "slow down"), (*QUOTA, 1), (*QUOTA, GONE), wait=30 / HOURS
    ),
    "429 quota": Said(
        429,
        api(429, "Quota exceeded", "QUOTA_EXCEEDED"),
        (*QUOTA, 1),
        (*QUOTA, GONE),
        (("Retry-After", "46800"),),
        wait=13,
    ),
    "429 quota without a time": Said(
        429,
        api(429, "Quota exceeded", "QUOTA_EXCEEDED"),
        (*QUOTA, 1),
        (*QUOTA, GONE),
        wait=24,
    ),
    "500": Said(500, api(500, "Server error"), (*OUT_OF_ORDER, 3), (*OUT_OF_ORDER, SENT)),
    "502 in text": Said(502, "Bad gateway.", (*OUT_OF_ORDER, 3), (*OUT_OF_ORDER, SENT)),
    "503 in HTML": Said(
        503, "<html><h1>Unavailable</h1></html>", (*OUT_OF_ORDER, 3), (*OUT_OF_ORDER, SENT)
    ),
    "504 empty": Said(504, "", (*OUT_OF_ORDER, 3), (*OUT_OF_ORDER, SENT)),
    "500 with a string for an error": Said(
        500, {"error": "server_error"}, (*OUT_OF_ORDER, 3), (*OUT_OF_ORDER, SENT)
    ),
}


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_of_the_player(visitor: Visitor, error: str) -> None:
    said = ERRORS[error]
    answer = Answer(said.status, said.body, dict(said.headers))
    visitor.sim.faults.add(Fault("GET", "/v1/me/player", answer), times=None)
    outcome, code, tries = said.player
    token = 2 if said.status == 401 else 1
    expected = Row(outcome, code, None, (token, tries, 0, 0), wait=round(said.wait, 6))
    assert see(visitor) == expected
    assert visitor.camera.looks == 0


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_in_answer_to_the_add(visitor: Visitor, error: str) -> None:
    said = ERRORS[error]
    answer = Answer(said.status, said.body, dict(said.headers))
    visitor.sim.faults.add(Fault("POST", "/v1/me/player/queue", answer), times=None)
    outcome, code, state = said.add
    adds = 2 if said.status == 401 else 1  # refused with the old token, and with a new one
    looks = 2 if state is SENT else 1  # after an unclear answer the queue is looked at, once
    row = Row(outcome, code, state, (adds, 1, looks, adds), wait=round(said.wait, 6))
    assert see(visitor) == row


@pytest.mark.parametrize("error", [name for name, said in ERRORS.items() if said.wait > 1])
def test_until_a_long_wait_is_over_nothing_is_asked(visitor: Visitor, error: str) -> None:
    said = ERRORS[error]
    answer = Answer(said.status, said.body, dict(said.headers))
    visitor.sim.faults.add(Fault("GET", "/v1/me/player", answer))
    visitor.visit()
    asked = len(visitor.sim.requests)
    with Visitor(visitor.sim, visitor.db) as restarted:
        visitor.sim.clock.advance(said.wait * HOURS - 60)
        assert restarted.visit().outcome is Outcome.QUOTA
        assert sum(one.path.startswith("/v1") for one in tuple(visitor.sim.requests)[asked:]) == 0
        visitor.sim.clock.advance(120)
        visitor.sim.player.play(visitor.sim.library.tracks[:3])
        assert restarted.visit().outcome is Outcome.QUEUED


@pytest.mark.parametrize("fault", SYNCS)
def test_a_sync_under_a_fault(db: sqlite3.Connection, fault: str) -> None:
    code, stored, pages = SYNCS[fault]
    with Simulator(library(120)) as sim, open_session(sim, db) as session:
        sim.faults.add(fault, after=1)
        sync_library(db, session, now_at(sim), lambda *_: None)
        assert (code, count_tracks(db)) == (0, stored)
        assert sim.count("GET", "/v1/me/tracks") == pages


@pytest.mark.parametrize("fault", SIGN_INS)
def test_a_sign_in_under_a_fault(sim: Simulator, fault: str) -> None:
    backend = MemoryKeyring()
    sim.faults.add(fault)
    with pytest.raises(LoginNeeded, match=SIGN_INS[fault]) as caught:
        sign_in(
            Spotify(CLIENT_ID, sim.url, sim.url),
            backend,
            show=consent,
            deadline=5,
        )
    assert caught.value.exit_code == 31
    assert CredentialStore(backend).load() is None
    assert sim.count("POST", "/api/token") == 0


@pytest.mark.parametrize("fault", CLIPS)
def test_a_clip_under_a_fault(sim: Simulator, fault: str) -> None:
    track = sim.library.tracks[0]
    artists = tuple(artist.name for artist in track.artists)
    query = ClipQuery(track.name, artists, track.duration_ms / 1000, track.isrc)
    sim.faults.add(fault, times=None)
    code = 0
    try:
        DeezerClips(sim.deezer_url, pace=Pace(0, sleep=lambda _: None)).find(query)
    except ClipError as error:
        code = error.exit_code
    assert code == CLIPS[fault]

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from companion.errors import (
    LoginNeeded,
    NoDevice,
    PremiumNeeded,
    QueueUnclear,
    QuotaExceeded,
    Restricted,
    SpotifyError,
    SpotifyUnreachable,
)
from companion.spotify import transport as web
from companion.spotify.client import SpotifySession, connect
from companion.spotify.quota import Group
from tests.spotify.fakes import TODAY, FakeTime, Reply, ScriptedServer, settings, signed_in_keyring
from tests.spotify.memory_quota import MemoryQuota

PLAYER, QUEUE, TRACKS = "/v1/me/player", "/v1/me/player/queue", "/v1/me/tracks"
URI = "spotify:track:4uLU6hMCjMI75M1A2tKUQC"
FINE = Reply(200, {"is_playing": True})


def api_error(status: int, message: str, reason: str | None = None, **headers: str) -> Reply:
    body = {"error": {"status": status, "message": message, "reason": reason}}
    return Reply(status, body, headers)


EXPIRED = api_error(401, "The access token expired")
PASSING = [
    pytest.param(Reply(500, {"error": {"message": "Server error"}}), id="500"),
    pytest.param(Reply(502, "<html>Bad gateway</html>"), id="502 in text"),
    pytest.param(Reply(503, {"error": "a string"}), id="503 whose error is a string"),
    pytest.param(Reply(200, "<html>Welcome</html>"), id="200 in text"),
    pytest.param(Reply(200, ""), id="200 with nothing"),
    pytest.param(Reply(200, [1, 2]), id="200 with a list"),
    pytest.param(Reply(200, {"a": 1}, cut=True), id="a broken body"),
    pytest.param(Reply(hang_up=True), id="no answer"),
    pytest.param(Reply(302, "", {"Location": PLAYER}), id="a redirect to itself"),
]
FINAL = [
    pytest.param(api_error(403, "Premium", "PREMIUM_REQUIRED"), PremiumNeeded, id="premium"),
    pytest.param(
        Reply(403, "Active premium subscription required for the owner of the app."),
        PremiumNeeded,
        id="owner's premium",
    ),
    pytest.param(Reply(403, "the user may not be registered"), Restricted, id="not registered"),
    pytest.param(api_error(403, "Restriction violated", "UNKNOWN"), Restricted, id="restricted"),
    pytest.param(api_error(404, "No device", "NO_ACTIVE_DEVICE"), NoDevice, id="no device"),
    pytest.param(api_error(400, "Bad"), SpotifyError, id="400"),
    pytest.param(Reply(403, {"error": "a string"}), Restricted, id="403 whose error is a string"),
    pytest.param(Reply(404, "gone"), SpotifyError, id="404 in text"),
]


@pytest.mark.parametrize("reply", PASSING)
def test_a_read_is_tried_three_times(
    reply: Reply, scripted: ScriptedServer, session: SpotifySession, fake_time: FakeTime
) -> None:
    scripted.script(PLAYER, reply)
    with pytest.raises(SpotifyUnreachable) as caught:
        session.player()
    assert not isinstance(caught.value, QueueUnclear)
    assert scripted.count("GET", PLAYER) == 3
    first, second = fake_time.slept
    assert 0.25 <= first <= 0.75
    assert 0.5 <= second <= 1.5


@pytest.mark.parametrize("reply", PASSING)
def test_a_read_succeeds_at_the_third_try(
    reply: Reply, scripted: ScriptedServer, session: SpotifySession
) -> None:
    scripted.script(PLAYER, reply, reply, FINE)
    state = session.player()
    assert state is not None
    assert state.is_playing
    assert scripted.count("GET", PLAYER) == 3


@pytest.mark.parametrize(("reply", "kind"), FINAL)
def test_a_refused_read_is_not_tried_again(
    reply: Reply,
    kind: type[SpotifyError],
    scripted: ScriptedServer,
    session: SpotifySession,
    fake_time: FakeTime,
) -> None:
    scripted.script(PLAYER, reply)
    with pytest.raises(SpotifyError) as caught:
        session.player()
    assert type(caught.value) is kind
    assert scripted.count("GET", PLAYER) == 1
    assert fake_time.slept == []


@pytest.mark.parametrize(("reply", "kind"), FINAL)
def test_a_refused_add_is_sent_once(
    reply: Reply, kind: type[SpotifyError], scripted: ScriptedServer, session: SpotifySession
) -> None:
    scripted.script(QUEUE, reply)
    with pytest.raises(SpotifyError) as caught:
        session.add(URI)
    assert type(caught.value) is kind
    assert scripted.count("POST", QUEUE) == 1


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(500, {"error": {"message": "Server error"}}), id="500"),
        pytest.param(Reply(502, "Bad gateway"), id="502 in text"),
        pytest.param(Reply(204, hang_up=True), id="no answer"),
        pytest.param(Reply(302, "", {"Location": QUEUE}), id="a redirect to itself"),
        pytest.param(Reply(200, "queued", cut=True), id="a broken body"),
    ],
)
def test_an_unclear_add_is_sent_once_and_says_so(
    reply: Reply, scripted: ScriptedServer, session: SpotifySession, fake_time: FakeTime
) -> None:
    scripted.script(QUEUE, reply)
    with pytest.raises(QueueUnclear):
        session.add(URI)
    assert scripted.count("POST", QUEUE) == 1
    assert fake_time.slept == []


def test_an_add_without_an_answer_in_time_is_unclear(
    scripted: ScriptedServer, fake_time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "TIMEOUT_SECONDS", (0.3, 0.3))
    scripted.script(QUEUE, Reply(204, delay=0.8))
    with connect(
        settings(scripted.url), MemoryQuota(fake_time.now), signed_in_keyring(), now=fake_time.now
    ) as session:
        with pytest.raises(QueueUnclear):
            session.add(URI)
        assert scripted.count("POST", QUEUE) == 1


def test_an_add_that_never_left_is_not_unclear(
    scripted: ScriptedServer, fake_time: FakeTime
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))  # bound, but nobody listens
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}"
        address = settings(scripted.url)
        away = replace(address, api_url=closed)
        with (
            connect(
                away, MemoryQuota(fake_time.now), signed_in_keyring(), now=fake_time.now
            ) as session,
            pytest.raises(SpotifyUnreachable) as caught,
        ):
            session.add(URI)
    assert not isinstance(caught.value, QueueUnclear)


def test_an_address_that_cannot_be_asked_is_no_success(
    scripted: ScriptedServer, fake_time: FakeTime
) -> None:
    """requests' own ValueErrors would read as an empty answer in spotipy."""
    address = settings(scripted.url)
    broken = replace(address, api_url="https://.")
    with (
        connect(
            broken, MemoryQuota(fake_time.now), signed_in_keyring(), now=fake_time.now
        ) as session,
        pytest.raises(SpotifyUnreachable),
    ):
        session.add(URI)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(204), id="204"),
        pytest.param(Reply(200, "snapshot"), id="text"),
        pytest.param(Reply(200, ""), id="nothing"),
        pytest.param(Reply(200, {"a": 1}), id="JSON"),
        pytest.param(Reply(202, "<html>"), id="202"),
    ],
)
def test_an_add_is_accepted_whatever_the_body(
    reply: Reply, scripted: ScriptedServer, session: SpotifySession
) -> None:
    scripted.script(QUEUE, reply)
    session.add(URI)
    (asked,) = [asked for asked in scripted.asked if asked.method == "POST" and asked.path == QUEUE]
    assert asked.query == {"uri": URI}


@pytest.mark.parametrize(
    "uri",
    ["", "4uLU6hMCjMI75M1A2tKUQC", "spotify:local:A:B:C:1", "spotify:episode:1", "spotify:track:",
     "spotify:track:1&device_id=x", "spotify:track:1\n", "https://open.spotify.com/track/1"],
)  # fmt: skip
def test_only_tracks_are_sent(uri: str, scripted: ScriptedServer, session: SpotifySession) -> None:
    with pytest.raises(SpotifyError, match="Only tracks"):
        session.add(uri)
    assert scripted.asked == []


@pytest.mark.parametrize(
    ("call", "method", "path", "good"),
    [
        (lambda session: session.player(), "GET", PLAYER, FINE),
        (lambda session: session.add(URI), "POST", QUEUE, Reply(204)),
    ],
)
def test_one_401_is_healed_by_another_token(
    call: Callable[[SpotifySession], Any],
    method: str,
    path: str,
    good: Reply,
    scripted: ScriptedServer,
    session: SpotifySession,
) -> None:
    scripted.script(path, EXPIRED, good)
    call(session)
    tokens = [asked.token for asked in scripted.asked if asked.path == path]
    assert tokens == ["access-1-secret", "access-2-secret"]
    assert scripted.count("POST", "/api/token") == 2
    assert scripted.count(method, path) == 2


def test_two_401s_ask_for_a_sign_in(scripted: ScriptedServer, session: SpotifySession) -> None:
    scripted.script(QUEUE, EXPIRED)
    with pytest.raises(LoginNeeded, match="The access token expired"):
        session.add(URI)
    assert scripted.count("POST", QUEUE) == 2
    assert scripted.count("POST", "/api/token") == 2


def test_waits_out_a_short_limit(
    scripted: ScriptedServer, session: SpotifySession, fake_time: FakeTime
) -> None:
    limited = api_error(429, "API rate limit exceeded", **{"Retry-After": "3"})
    scripted.script(PLAYER, limited, limited, FINE)
    assert session.player()
    assert fake_time.slept == [3, 3]


def test_gives_up_after_three_short_limits(
    scripted: ScriptedServer, session: SpotifySession, fake_time: FakeTime
) -> None:
    scripted.script(PLAYER, Reply(429, "slow down", {"Retry-After": "3"}))
    with pytest.raises(QuotaExceeded, match="slow down") as caught:
        session.player()
    assert scripted.count("GET", PLAYER) == 3
    assert caught.value.retry_at == fake_time.now() + timedelta(seconds=3)


def test_a_limited_add_is_not_sent_again(
    scripted: ScriptedServer, session: SpotifySession, fake_time: FakeTime
) -> None:
    scripted.script(QUEUE, Reply(429, "", {"Retry-After": "1"}), Reply(204))
    with pytest.raises(QuotaExceeded) as caught:
        session.add(URI)
    assert caught.value.retry_at == TODAY + timedelta(seconds=1)
    assert scripted.count("POST", QUEUE) == 1
    fake_time.advance(1)
    session.add(URI)


@pytest.mark.parametrize("reason", ["QUOTA_EXCEEDED", None])
def test_a_long_limit_shuts_the_group_until_it_is_over(
    reason: str | None, scripted: ScriptedServer, session: SpotifySession, fake_time: FakeTime
) -> None:
    scripted.script(
        PLAYER, api_error(429, "Quota exceeded", reason, **{"Retry-After": "46800"}), FINE
    )
    scripted.script(TRACKS, Reply(200, {"items": [], "total": 0}))
    with pytest.raises(QuotaExceeded) as caught:
        session.player()
    assert caught.value.retry_at == TODAY + timedelta(hours=13)
    for call in (session.player, session.queue, lambda: session.add(URI)):
        with pytest.raises(QuotaExceeded) as again:
            call()
        assert again.value.retry_at == TODAY + timedelta(hours=13)
    assert scripted.count("GET", PLAYER) == 1
    assert fake_time.slept == []
    assert list(session.saved_tracks())
    fake_time.advance(46_800)
    assert session.player()


def test_patience_is_the_callers(scripted: ScriptedServer, fake_time: FakeTime) -> None:
    scripted.script(PLAYER, Reply(429, "", {"Retry-After": "3"}), FINE)
    time = fake_time
    with (
        connect(
            settings(scripted.url),
            MemoryQuota(time.now),
            signed_in_keyring(),
            longest_wait=2,
            now=time.now,
            sleep=time.sleep,
        ) as session,
        pytest.raises(QuotaExceeded),
    ):
        session.player()
    assert scripted.count("GET", PLAYER) == 1


def test_every_request_counts_against_the_budget(
    scripted: ScriptedServer, fake_time: FakeTime
) -> None:
    scripted.script(PLAYER, Reply(503))
    quota = MemoryQuota(fake_time.now, {Group.PLAYER: 4, Group.LIBRARY: 0})
    time = fake_time
    with connect(
        settings(scripted.url), quota, signed_in_keyring(), now=time.now, sleep=time.sleep
    ) as session:
        with pytest.raises(SpotifyUnreachable):
            session.player()
        with pytest.raises(QuotaExceeded):
            session.player()
        with pytest.raises(QuotaExceeded):
            session.me()
    assert scripted.count("GET", PLAYER) == 4


def test_an_ended_sign_in_costs_no_call(scripted: ScriptedServer, session: SpotifySession) -> None:
    scripted.script("/api/token", Reply(400, {"error": "invalid_grant"}))
    for _ in range(2):
        with pytest.raises(LoginNeeded):
            session.player()
    assert [asked.path for asked in scripted.asked] == ["/api/token"]


def test_an_add_waits_for_no_token(scripted: ScriptedServer, session: SpotifySession) -> None:
    scripted.script("/api/token", Reply(503, "upstream connect error"))
    with pytest.raises(SpotifyUnreachable) as caught:
        session.add(URI)
    assert not isinstance(caught.value, QueueUnclear)
    assert scripted.count("POST", QUEUE) == 0


ANY_REPLY = st.sampled_from(
    [
        Reply(204),
        FINE,
        EXPIRED,
        Reply(500, "out of order"),
        Reply(200, "<html>"),
        Reply(hang_up=True),
        Reply(403, "no"),
        Reply(429, "", {"Retry-After": "2"}),
        Reply(429, "", {"Retry-After": "50000"}),
    ]
)
STEPS = st.lists(st.tuples(st.sampled_from(["read", "add", "wait"]), ANY_REPLY), max_size=8)


@given(STEPS, ANY_REPLY)
@example([("add", EXPIRED), ("add", FINE)], EXPIRED)
@hypothesis.settings(max_examples=40, deadline=None)
def test_whatever_spotify_answers(steps: list[tuple[str, Reply]], then: Reply) -> None:
    """An add is sent once, twice after a 401; and nothing is sent before it may be."""
    time = FakeTime()
    not_before = TODAY
    with (
        ScriptedServer() as server,
        connect(
            settings(server.url),
            MemoryQuota(time.now),
            signed_in_keyring(),
            now=time.now,
            sleep=time.sleep,
        ) as session,
    ):
        for step, reply in steps:
            if step == "wait":
                time.advance(20_000)
                continue
            server.script(PLAYER, reply, then)
            server.script(QUEUE, reply, then)
            server.asked.clear()
            begun = time.now()
            try:
                session.player() if step == "read" else session.add(URI)
                failed = None
            except SpotifyError as error:
                failed = error
            sent = [asked for asked in server.asked if asked.path != "/api/token"]
            assert len(sent) <= (3 + 3 if step == "read" else 1 + (reply is EXPIRED))
            assert begun >= not_before or not sent or time.now() >= not_before
            if isinstance(failed, QuotaExceeded):
                assert failed.retry_at is not None
                not_before = failed.retry_at


@pytest.mark.parametrize("body", [[1], "text", 7, {"is_playing": True}])
def test_an_answer_of_no_content_has_none(
    body: Any, scripted: ScriptedServer, session: SpotifySession
) -> None:
    scripted.script(PLAYER, Reply(204, body))
    assert session.player() is None


@pytest.mark.parametrize("status", [201, 202, 206])
@pytest.mark.parametrize("body", [[1], "text", "7"])
def test_a_read_is_an_object_whatever_its_good_status(
    status: int, body: Any, scripted: ScriptedServer, session: SpotifySession
) -> None:
    scripted.script(PLAYER, Reply(status, body))
    with pytest.raises(SpotifyUnreachable):
        session.player()

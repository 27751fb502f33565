from __future__ import annotations

from companion.page.server.admission import MOST_SESSIONS, MOST_TOKENS, TOKEN_SECONDS, Admission

TOKEN = "t" * 43


def test_a_token_lets_in_once() -> None:
    door = Admission()
    assert door.admit(TOKEN)
    session = door.enter(TOKEN)
    assert session is not None
    assert door.knows(session)
    assert door.enter(TOKEN) is None
    assert not door.knows(TOKEN)


def test_a_token_grows_old() -> None:
    now = 0.0
    door = Admission(lambda: now)
    door.admit(TOKEN)
    now = TOKEN_SECONDS
    assert door.enter(TOKEN) is None


def test_of_many_tokens_the_newest_count() -> None:
    door = Admission()
    for number in range(MOST_TOKENS + 1):
        door.admit(f"{number:043}")
    assert door.enter(f"{0:043}") is None
    assert door.enter(f"{1:043}") is not None


def test_sessions_do_not_pile_up() -> None:
    door = Admission()
    sessions = []
    for number in range(MOST_SESSIONS + 1):
        door.admit(f"{number:043}")
        sessions.append(door.enter(f"{number:043}") or "")
    assert not door.knows(sessions[0])
    assert all(map(door.knows, sessions[1:]))


def test_keys_differ_by_process() -> None:
    one, other = Admission(), Admission()
    assert one.is_key(one.key)
    assert not one.is_key(other.key)
    assert not one.is_key("")

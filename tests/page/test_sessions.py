from __future__ import annotations

from companion.page.server.sessions import MOST_SESSIONS, MOST_TOKENS, TOKEN_SECONDS, Sessions

TOKEN = "t" * 43


def test_a_token_lets_in_once() -> None:
    sessions = Sessions()
    assert sessions.add_token(TOKEN)
    session = sessions.exchange(TOKEN)
    assert session is not None
    assert sessions.knows(session)
    assert sessions.exchange(TOKEN) is None
    assert not sessions.knows(TOKEN)


def test_a_token_grows_old() -> None:
    now = 0.0
    sessions = Sessions(lambda: now)
    sessions.add_token(TOKEN)
    now = TOKEN_SECONDS
    assert sessions.exchange(TOKEN) is None


def test_of_many_tokens_the_newest_count() -> None:
    sessions = Sessions()
    for number in range(MOST_TOKENS + 1):
        sessions.add_token(f"{number:043}")
    assert sessions.exchange(f"{0:043}") is None
    assert sessions.exchange(f"{1:043}") is not None


def test_sessions_do_not_pile_up() -> None:
    sessions = Sessions()
    secrets = []
    for number in range(MOST_SESSIONS + 1):
        sessions.add_token(f"{number:043}")
        secrets.append(sessions.exchange(f"{number:043}") or "")
    assert not sessions.knows(secrets[0])
    assert all(map(sessions.knows, secrets[1:]))


def test_keys_differ_by_process() -> None:
    one, other = Sessions(), Sessions()
    assert one.is_key(one.key)
    assert not one.is_key(other.key)
    assert not one.is_key("")

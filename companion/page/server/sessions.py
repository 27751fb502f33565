"""The sessions of the page: the key of the process, one-time tokens for browsers, sessions.

The token is made by who opens the browser and told to the server with the key, which only this
user can read: so no answer of the server ever holds one. Of tokens and sessions only hashes are
kept.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable

TOKEN_SECONDS = 120.0
MOST_TOKENS = 16
MOST_SESSIONS = 64
LEAST_TOKEN = 32  # letters


class Sessions:
    """The key, the tokens and the sessions that are valid.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.key = secrets.token_urlsafe(32)
        self._clock = clock
        self._tokens: dict[bytes, float] = {}
        self._sessions: list[bytes] = []
        self._lock = threading.Lock()

    def is_key(self, text: str) -> bool:
        """Return True for the key of this process."""
        return hmac.compare_digest(text.encode(), self.key.encode())

    def add_token(self, token: str) -> bool:
        """Accept the token, once and within TOKEN_SECONDS; False where it is too short."""
        if len(token) < LEAST_TOKEN:
            return False
        with self._lock:
            self._drop_old()
            self._tokens[_hash(token)] = self._clock() + TOKEN_SECONDS
            while len(self._tokens) > MOST_TOKENS:
                self._tokens.pop(next(iter(self._tokens)))
        return True

    def exchange(self, token: str) -> str | None:
        """Exchange a token for a new session's secret; None where it is not good any more."""
        with self._lock:
            self._drop_old()
            if self._tokens.pop(_hash(token), None) is None:
                return None
            session = secrets.token_urlsafe(32)
            self._sessions = [*self._sessions, _hash(session)][-MOST_SESSIONS:]
            return session

    def knows(self, session: str) -> bool:
        """Return True for the secret of a session of this process."""
        return _hash(session) in self._sessions

    def _drop_old(self) -> None:
        now = self._clock()
        self._tokens = {token: until for token, until in self._tokens.items() if until > now}


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()

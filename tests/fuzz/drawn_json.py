"""JSON drawn at random: values of every kind, and changes of an answer that was right."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

ATOMS: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63 - 1, 2**64, 2**70, 10**400, 0.5, -0.0, 204053.0),
    *(1e308, float("nan"), float("inf"), float("-inf")),
    *("", "A", "5", "\ud800", "\x1b[31mA\x07", "a" * 3000, "दिल", "\u202eA", "\x00", "A\nB"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-13-45", "0000-00-00"),
    *("spotify:track:", "spotify:local:a", "spotify:episode:x", "http://[::1", "https://a..b/"),
)
RUBBISH = (
    b"",
    b"\xff",
    b"\x00",
    b"[" * 20_000,
    b"9" * 5_000,
    b'{"a":' * 5_000,
    b"NaN",
    b"\xef\xbb\xbf",
)


def draw_value(rng: random.Random, depth: int) -> Any:
    """An atom, or a list or an object of such values, so deep at most."""
    kind = rng.random()
    if depth == 0 or kind < 0.6:
        return rng.choice(ATOMS)
    if kind < 0.8:
        return [draw_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {str(rng.choice(ATOMS)): draw_value(rng, depth - 1) for _ in range(3)}


def change(rng: random.Random, right: Any, places: int = 3) -> Any:
    """The answer with up to so many places replaced, left out or repeated."""
    answer = copy.deepcopy(right)
    for _ in range(rng.randrange(places + 1)):
        answer = _change_one(rng, answer)
    return answer


def _change_one(rng: random.Random, answer: Any) -> Any:
    holders = list(_holders(answer))
    if not holders or rng.random() < 0.03:
        return draw_value(rng, 3)
    holder = rng.choice(holders)
    keys = list(holder) if isinstance(holder, dict) else range(len(holder))
    key = rng.choice(keys)
    how = rng.random()
    if how < 0.15:
        del holder[key]
    elif how < 0.25 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        holder[key] = draw_value(rng, 2)
    return answer


def _holders(value: Any) -> Any:
    """Every list and object within that holds something."""
    if isinstance(value, dict | list) and value:
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _holders(inner)


def encode(rng: random.Random, answer: Any, damaged: float = 0.15) -> bytes:
    """Its text; sometimes with bytes that are damaged."""
    body = json.dumps(answer).encode()
    if rng.random() >= damaged:
        return body
    at = rng.randrange(len(body) + 1)
    return body[:at] + rng.choice(RUBBISH) + body[at + rng.randrange(4) :]

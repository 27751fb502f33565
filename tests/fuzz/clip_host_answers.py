"""Answers of the clip host, drawn at random: mostly right in shape, and wrong in one or two places.

for body in answers(seed=0, count=10_000): ...
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

PREVIEWS = (
    *("http://[::1", "https://[", "//", "x", "", "https://\ud800/", "file:///etc/passwd"),
    *("http://127.0.0.1:99999/", "ftp://a/b", "javascript:1", "https://a..b/", "\x00"),
)
ATOMS = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        5,
        2**63,
        2**70,
        10**400,
        0.5,
        1e308,
        float("nan"),
        float("inf"),
    ),
    *("", "Song", "Band", "\ud800", "\x1b[31mSong", "a" * 3000, "दिल", "5", "\u202e", "\x00"),
)
FIELDS = ("id", "title", "artist", "contributors", "duration", "preview", "isrc", "error", "data")


def answers(seed: int, count: int) -> Iterator[bytes]:
    """So many bodies, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(count):
        body = json.dumps(_answer(rng)).encode()
        yield _damaged(rng, body) if rng.random() < 0.2 else body


def _answer(rng: random.Random) -> Any:
    entry = _entry(rng)
    shapes: tuple[Any, ...] = (
        entry,
        {"data": [entry, _entry(rng)]},
        {"data": rng.choice((entry, None, 5, "x", [[]], [entry, None, 7]))},
        {"error": rng.choice((_value(rng, 2), {"code": rng.choice(ATOMS)}))},
        _value(rng, 3),
    )
    return rng.choices(shapes, (4, 4, 1, 1, 1))[0]


def _entry(rng: random.Random) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": rng.randrange(10**9),
        "title": "Song",
        "artist": {"name": "Band"},
        "duration": 5,
        "preview": rng.choice(("", "http://127.0.0.1:9/clip.mp3", *PREVIEWS)),
    }
    for _ in range(rng.randrange(3)):
        field = rng.choice(FIELDS)
        if rng.random() < 0.2:
            entry.pop(field, None)
        else:
            entry[field] = _value(rng, 2)
    return entry


def _value(rng: random.Random, depth: int) -> Any:
    kind = rng.random()
    if depth == 0 or kind < 0.6:
        return rng.choice(ATOMS)
    if kind < 0.8:
        return [_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {rng.choice((*FIELDS, "name", "code")): _value(rng, depth - 1) for _ in range(3)}


def _damaged(rng: random.Random, body: bytes) -> bytes:
    at = rng.randrange(len(body) + 1)
    rubbish = rng.choice((b"", b"\xff", b"\x00", b"[" * 20_000, b"9" * 5_000, b'{"a":' * 5_000))
    return body[:at] + rubbish + body[at + rng.randrange(4) :]

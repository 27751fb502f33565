"""Messages of the control socket drawn at random: questions to the agent, answers to a command."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from companion.agent.service import control
from companion.agent.service.control import ControlServer, ask
from companion.errors import CompanionError
from companion.paths import Paths
from tests.fuzz.drawn_json import change, encode

QUESTION = {"command": "status"}
ANSWERS: tuple[Any, ...] = (
    {"answer": {"pid": 1, "troubles": {}}},
    {"problem": "It cannot.", "remedy": "Do this."},
)


def check(seed: int, count: int) -> Counter[str]:
    """Give so many messages to each side; each is understood, or told in a sentence.

    Raises:
        AssertionError: another error.
    """
    rng, results = random.Random(seed), Counter[str]()  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        paths = Paths(root / "config.toml", root / "state", root / "cache", root / "run")
        paths.make()
        with ControlServer(paths, {"status": lambda: {"pid": 1}}) as server:
            for _ in range(count // 2):
                reply = server._reply(encode(rng, change(rng, QUESTION)))
                assert set(reply) in ({"answer"}, {"problem", "remedy"})
                results["answer" if "answer" in reply else "problem"] += 1
            assert ask(paths, "status") == {"pid": 1}  # and it still lives
    for number in range(count - count // 2):
        body = encode(rng, change(rng, rng.choice(ANSWERS)))
        try:
            control._read_answer(body)
            results["read"] += 1
        except CompanionError as error:
            str(error).encode()
            error.remedy.encode()
            results["refused"] += 1
        except Exception as error:
            kind = type(error).__name__
            raise AssertionError(f"{number}: {kind}: {error}: {body[:300]!r}") from error
    return results

"""Settings files drawn at random, read as the program reads them."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from dataclasses import fields
from pathlib import Path

from companion.config.file import example, load_config, show
from companion.config.schema import SECTIONS
from companion.errors import ConfigError

VALUES = (
    *("true", "false", "0", "-1", "1", "63", "64", "1e999", "nan", "inf", "-inf", "0.5", "9" * 400),
    *("''", '"a"', '"\\u0000"', '"\\ud800"', '"""\na"""', "[]", '["deezer"]', "[1, 2]", "[[1]]"),
    *("{a = 1}", "[{}]", '[{mood = "sad"}]', "1979-05-27", "07:32:00", "0x_1", "", "=", '"' * 7),
    *("[" * 3000, '"' + "a" * 5000 + '"', "'http://[::1'", "'file:///etc'", "'/nowhere'"),
)
RUBBISH = ("\x00", "\ud800", "\ufeff", "[", "]]", "\r", "#", "=", '"', "[a.b.c]", "\u2028", "[[x]]")


def draw_text(rng: random.Random) -> bytes:
    """Some settings, mostly of names that there are."""
    lines: list[str] = []
    for section in rng.sample(list(SECTIONS), rng.randrange(1, 3)):
        lines.append(f"[{section}]" if rng.random() < 0.95 else f"[[{section}]]")
        names = [part.name for part in fields(SECTIONS[section])]
        for name in rng.choices(names, k=rng.randrange(3)):
            known = name if rng.random() < 0.95 else rng.choice(("x", "", "a.b", '"é"', name[:-1]))
            lines.append(f"{known} = {rng.choice(VALUES)}")
    text = "\n".join(lines)
    if rng.random() < 0.1:
        text = example().replace("\n# ", "\n", rng.randrange(5))
    if rng.random() < 0.2:
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(RUBBISH) + text[at:]
    return text.encode("utf-8", "surrogatepass")


def draw_environment(rng: random.Random) -> dict[str, str]:
    """Now and then one setting more, or one that there is not."""
    if rng.random() < 0.8:
        return {}
    section = rng.choice(list(SECTIONS))
    part = rng.choice(fields(SECTIONS[section]))
    name = rng.choice((f"{section}_{part.name}", f"{section}_x", "", "HOMES"))
    return {f"COMPANION_{name.upper()}": rng.choice(VALUES).replace("\x00", "")}


def check(seed: int, count: int) -> Counter[str]:
    """Read so many files; each is settings, or a ConfigError that can be printed.

    Raises:
        AssertionError: another error.
    """
    rng, results = random.Random(seed), Counter[str]()  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        for number in range(count):
            content, environment = draw_text(rng), draw_environment(rng)
            file.write_bytes(content)
            try:
                show(load_config(file, environment))
                results["settings"] += 1
            except ConfigError as error:
                str(error).encode()
                results["ConfigError"] += 1
            except Exception as error:
                kind = type(error).__name__
                raise AssertionError(f"{number}: {kind}: {error}: {content[:300]!r}") from error
    return results

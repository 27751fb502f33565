"""The fuzz tests with another seed, and as many inputs as wanted: `scripts/fuzz --help`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.fuzz import control_messages, settings_texts, spotify_answers, test_clip_host
from tests.fuzz.test_audio_tags import check as check_tags

DEFAULT_COUNT = 100_000


def _tags(seed: int, count: int) -> Counter[str]:
    with tempfile.TemporaryDirectory() as folder:
        titled = check_tags(Path(folder), seed, count)
    return Counter(titled=titled, untitled=count - titled)


CHECKS: dict[str, Callable[[int, int], Counter[str]]] = {
    "spotify": spotify_answers.check,
    "settings": settings_texts.check,
    "control": control_messages.check,
    "clips": test_clip_host.check,
    "tags": _tags,
}


def main() -> None:
    """Run the checks that are named, or all of them."""
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("part", nargs="*", choices=[[], *CHECKS], help="of all parts, only these")
    parser.add_argument("--count", type=int, default=DEFAULT_COUNT, help="inputs of each part")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    for part in given.part or CHECKS:
        results = CHECKS[part](given.seed, given.count)
        told = ", ".join(f"{number} {kind}" for kind, number in results.most_common())
        sys.stdout.write(f"{part}: {given.count} inputs of seed {given.seed}: {told}\n")


if __name__ == "__main__":
    main()

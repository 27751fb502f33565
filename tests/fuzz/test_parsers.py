from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import pytest

from tests.fuzz import control_messages, settings_texts, spotify_answers
from tests.locations import PROJECT

COUNT, SEED = 10_000, 14
FEW = 200


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("check", "kinds"),
    [
        (spotify_answers.check, {*spotify_answers.KINDS, "SpotifyUnreachable", "QuotaExceeded"}),
        (settings_texts.check, {"settings", "ConfigError"}),
        (control_messages.check, {"answer", "problem", "read", "refused"}),
    ],
)
def test_whatever_comes_is_understood_or_refused(
    check: Callable[[int, int], Counter[str]], kinds: set[str]
) -> None:
    results = check(SEED, COUNT)
    assert sum(results.values()) == COUNT
    assert all(results[kind] > COUNT / 100 for kind in kinds), results


@pytest.mark.parametrize(
    "check", [spotify_answers.check, settings_texts.check, control_messages.check]
)
def test_one_seed_draws_the_same(check: Callable[[int, int], Counter[str]]) -> None:
    assert check(1, FEW) == check(1, FEW)


def test_the_longer_run_is_a_command() -> None:
    words = [sys.executable, "-m", "tests.fuzz", "--count", "50", "--seed", "3", "settings"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(  # noqa: S603 - our own program
        words, env=environment, cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("settings: 50 inputs of seed 3: ")

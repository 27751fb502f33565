from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given

from companion.affect import Affect
from companion.choose.mood import PresentMood
from companion.choose.strategy import STRATEGIES, match
from companion.config import Choose
from tests.choose.makers import affects

NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


@given(affects)
def test_match_wants_music_like_the_mood(affect: Affect) -> None:
    target = match(PresentMood(affect, 1, NOW))
    assert target.affect == affect
    assert target.strategy == "match"


@pytest.mark.parametrize("name", STRATEGIES)
@given(affect=affects)
def test_every_target_is_open_to_something_but_not_to_all(name: str, affect: Affect) -> None:
    target = STRATEGIES[name](PresentMood(affect, 3, NOW))
    assert target.strategy == name
    assert 0 < target.tolerance < 2


def test_the_settings_allow_exactly_the_strategies_there_are() -> None:
    setting = next(part for part in fields(Choose) if part.name == "strategy")
    check = setting.metadata["check"]
    assert [check(name) for name in STRATEGIES] == [None] * len(STRATEGIES)
    assert all(name in check("no such") for name in STRATEGIES)
    assert setting.default in STRATEGIES

"""Which strategy holds: the first rule of the settings that fits, else the usual one."""

from collections.abc import Sequence
from datetime import time

from companion.affect import QUADRANT_NAMES
from companion.choose.mood import PresentMood
from companion.config.schema import Choose, Rule, is_within


def find_rule(rules: Sequence[Rule], mood: PresentMood, clock: time) -> Rule | None:
    """The first rule whose mood and hours, local ones, hold; what a rule does not name holds."""
    return next((rule for rule in rules if _holds(rule, mood, clock)), None)


def strategy_name(settings: Choose, mood: PresentMood, clock: time) -> str:
    """The name of the strategy that holds now."""
    rule = find_rule(settings.rules, mood, clock)
    return rule.strategy if rule else settings.strategy


def _holds(rule: Rule, mood: PresentMood, clock: time) -> bool:
    return _is_mood(rule.when, mood) and is_within(rule.between, clock)


def _is_mood(when: str, mood: PresentMood) -> bool:
    if not when:
        return True
    if when in QUADRANT_NAMES:
        return mood.affect.quadrant is QUADRANT_NAMES[when]
    return mood.emotion is not None and mood.emotion.value == when

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import MOOD_NAMES
from companion.config.edit import change_rules, edit_rules, rule_values
from companion.config.file import example, load_config
from companion.config.schema import STRATEGIES, Rule
from companion.errors import ConfigError

NIGHT, ANGRY = Rule("", "22:00-06:00", "calm"), Rule("anger", "", "calm")
BY_HAND = """\
[choose]
strategy = "lift"  # up
# at night
[[choose.rules]]
between = "22:00-06:00"  # late
strategy = "calm"

[[choose.rules]]
when = "sadness"
strategy = "lift"

[log]
level = "INFO"
"""
TEXTS = [
    "",
    example(),
    BY_HAND,
    "# mine\n[agent]\nlate_seconds = 60  # short\n",
    '[choose]\nrules = [{ when = "anger", strategy = "calm" }]\n',
    '[[choose.rules]]\nwhen = "anger"\nstrategy = "calm"\n',
    "choose.strategy = 'lift'\n",
    "\ufeff[log]\nlevel = 'INFO'\n",
]
rules = st.lists(
    st.builds(
        Rule,
        when=st.sampled_from(MOOD_NAMES),
        between=st.sampled_from(["", "22:00-06:00", "09:00-17:00"]),
        strategy=st.sampled_from(STRATEGIES),
    ),
    max_size=4,
)


@given(st.sampled_from(TEXTS), rules)
def test_the_rules_are_those_given_and_all_else_stays(text: str, wanted: list[Rule]) -> None:
    before = tomllib.loads(text.removeprefix("\ufeff"))
    after = tomllib.loads(edit_rules(text, wanted).removeprefix("\ufeff"))
    assert after.get("choose", {}).pop("rules", []) == [rule_values(rule) for rule in wanted]
    before.get("choose", {}).pop("rules", None)
    assert {k: v for k, v in after.items() if v} == {k: v for k, v in before.items() if v}


def test_comments_of_what_stays_are_kept() -> None:
    text = edit_rules(BY_HAND, [ANGRY, NIGHT])
    for comment in ("# up", "# at night", "# late"):
        assert comment in text
    assert text.index('when = "anger"') < text.index("# late")


def test_the_same_rules_change_nothing() -> None:
    assert edit_rules(BY_HAND, [NIGHT, Rule("sadness", "", "lift")]) == BY_HAND


def test_a_file_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    change_rules(file, [NIGHT, ANGRY])
    assert load_config(file, {}).choose.rules == (NIGHT, ANGRY)


@pytest.mark.parametrize(
    "rule", [Rule(), Rule("anger"), Rule("x", "", "calm"), Rule("", "22-6", "calm")]
)
def test_a_wrong_rule_is_not_written(tmp_path: Path, rule: Rule) -> None:
    file = tmp_path / "config.toml"
    with pytest.raises(ConfigError):
        change_rules(file, [rule])
    assert not file.exists()

"""Every language is complete, and every text that the page asks for is there."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from companion.affect import MOOD_NAMES, Emotion, Quadrant
from companion.agent.library.tagging import FAILURES
from companion.agent.visit.outcome import Outcome
from companion.config.schema import SECTIONS, STRATEGIES
from companion.doctor.examine import CHECKERS
from companion.page.server.app import STATIC
from companion.page.tabs.work import WORKS
from companion.store.history.queue import EntryState

SCRIPTS = sorted(STATIC.rglob("*.js"))
FORMS = {"one", "other"}
GROUPS = {
    "emotion": [*Emotion],
    "quadrant": [*Quadrant],
    "mood": MOOD_NAMES,
    "strategy": STRATEGIES,
    "state": [*EntryState],
    "outcome": [*Outcome],
    "reason": [kind.reason for kind in FAILURES.values()],
    "check": CHECKERS,
    "task": WORKS,
}
"""The closed sets of the program whose words the page shows."""


def read(name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((STATIC / "locales" / name).read_text("utf-8"))
    return found


ENGLISH, GERMAN = read("en.json"), read("de.json")


def stems(texts: dict[str, str]) -> set[str]:
    """The keys, those with a form for each number without it."""
    return {key.rpartition(".")[0] if key.rpartition(".")[2] in FORMS else key for key in texts}


def test_the_languages_have_the_same_keys_in_the_same_order() -> None:
    assert list(ENGLISH) == list(GERMAN)
    assert all(text.strip() for text in (*ENGLISH.values(), *GERMAN.values()))


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_the_languages_fill_in_the_same_values(key: str) -> None:
    named = [set(re.findall(r"{\w+}", texts[key])) for texts in (ENGLISH, GERMAN)]
    assert named[0] == named[1]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: file.name)
def test_every_key_that_is_asked_for_exists(script: Path) -> None:
    text = script.read_text("utf-8")
    known = stems(ENGLISH)
    for key in re.findall(r"\bt\(\"([\w.-]+)\"", text):
        assert key in known, key
    for begin in re.findall(r"\bt\(`([\w.-]+\.)\$\{", text):
        assert any(key.startswith(begin) for key in known), begin


def test_no_text_is_left_over() -> None:
    text = "".join(script.read_text("utf-8") for script in SCRIPTS)
    begins = set(re.findall(r"\bt?\(?`([\w-]+\.)(?:[\w.]*)\$\{", text)) | {
        f"{group}." for group in (*GROUPS, "limit")
    }
    unused = {
        key
        for key in stems(ENGLISH)
        if f'"{key}"' not in text and not any(key.startswith(begin) for begin in begins)
    }
    assert unused == set()


@pytest.mark.parametrize("group", GROUPS)
def test_every_word_of_the_program_has_a_text(group: str) -> None:
    for word in GROUPS[group]:
        assert f"{group}.{word}" in ENGLISH


def test_the_german_settings_are_those_of_the_schema() -> None:
    sections = set(SECTIONS) | {f"[{name}]" for name in SECTIONS}
    names = {
        f"{section}.{part.name}"
        for section, kind in SECTIONS.items()
        for part in fields(kind)
        if not part.metadata["table"]
    }
    assert set(read("settings-de.json")) == sections | names | {f"{name}#" for name in names}
    assert set(read("settings-en.json")) == set(SECTIONS)  # the rest is the schema's own

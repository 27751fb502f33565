"""Every language is complete, and every text that the page asks for is there."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import pytest

import companion
from companion import errors
from companion.affect import MOOD_NAMES, Emotion, Quadrant
from companion.agent.library.tagging import FAILURES
from companion.agent.visit.outcome import Outcome
from companion.choose.fusion.estimate import Source
from companion.config.schema import SECTIONS, STRATEGIES
from companion.doctor.examine import CHECKERS
from companion.music.describe import FEELINGS
from companion.music.tag import MODEL, SETTINGS
from companion.page.server.app import STATIC
from companion.page.tabs.background_tasks import TASKS
from companion.store.history.queue import EntryState
from companion.weights import open_model

SCRIPTS = sorted(STATIC.rglob("*.js"))
FORMS = {"one", "other"}
WORDS = [rule["word"] for rule in open_model(MODEL).read_json(SETTINGS)["words"]["rules"]]
GROUPS = {
    "emotion": [*Emotion],
    "quadrant": [*Quadrant],
    "mood": MOOD_NAMES,
    "strategy": STRATEGIES,
    "state": [*EntryState],
    "outcome": [*Outcome],
    "reason": [kind.reason for kind in FAILURES.values()],
    "heard": WORDS,
    "feeling": [f"{little}{one}" for one in FEELINGS for little in ("", "a little ")],
    "why.by": [*Source],
    "check": CHECKERS,
    "task": TASKS,
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


PROGRAM = Path(companion.__file__).parent
ELSEWHERE = (
    *("cli/", "demo/", "plots.py", "face/baseline.py"),
    *("agent/service/forget.py", "store/forget.py"),
)
"""The parts whose sentences are told in a terminal only."""
COMPOSED = 2  # words at most, where a sentence is made of values
FINDINGS = ("ok", "warn", "fail")


def template(node: ast.expr) -> str | None:
    """The text of a literal, {} in place of each value."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)
        return "".join(map(str, parts))
    return None


def sentences() -> Iterator[str]:
    """Every sentence that an error or a check of the doctor is made with, and every remedy."""
    kinds = {name for name, one in vars(errors).items() if isinstance(one, type)}
    for file in sorted(PROGRAM.rglob("*.py")):
        place = file.relative_to(PROGRAM).as_posix()
        if place.startswith(ELSEWHERE):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            told: list[ast.expr] = []
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in kinds or (place.startswith("doctor/") and name in FINDINGS):
                    told = [*node.args[:2], *(one.value for one in node.keywords)]
            elif isinstance(node, ast.Assign) and "remedy" in ast.unparse(node.targets[0]).lower():
                told = [node.value]
            for text in filter(None, map(template, told)):
                if len(re.findall(r"[a-zA-Z]{2,}", text)) > COMPOSED or text.count("{}") == 0:
                    yield text


DETAILED = ("agent/visit/conditions.py", "agent/visit/visit.py", "face/read.py")
"""The parts that say how a visit ended."""


def details() -> Iterator[str]:
    """Every detail of an outcome."""
    for place in DETAILED:
        for node in ast.walk(ast.parse((PROGRAM / place).read_text("utf-8"))):
            for one in details_in(node):
                for part in one.values if isinstance(one, ast.BoolOp) else [one]:
                    text = template(part)
                    if text and re.search(r"[a-z]{2}", text.replace("{}", "")):
                        yield text


def details_in(node: ast.AST) -> Sequence[ast.expr]:
    """What stands beside an outcome, or is called a detail."""
    match node:
        case ast.Tuple(elts=[first, *rest]) | ast.Call(args=[first, *rest]):
            return rest if ast.unparse(first).startswith(("Outcome.", "Abstention.")) else []
        case ast.Assign(targets=[ast.Name(id="detail" | "usual" | "until")], value=value):
            return [value]
        case ast.keyword(arg="detail", value=value):
            return [value]
        case ast.Dict(values=values):
            return values
    return []


MESSAGES = read("messages-de.json")


def test_every_detail_of_an_outcome_has_german_words() -> None:
    found = set(details())
    assert len(found) > 20
    assert found - set(MESSAGES) == set()


def test_every_sentence_of_the_program_has_german_words() -> None:
    found = set(sentences())
    assert len(found) > 200
    assert found - set(MESSAGES) == set()


def test_a_sentence_keeps_its_values() -> None:
    values = {text: MESSAGES[text].count("{}") for text in MESSAGES}
    assert values == {text: text.count("{}") for text in MESSAGES}
    assert all(text.strip() for text in MESSAGES.values())

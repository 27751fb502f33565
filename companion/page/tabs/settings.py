"""Settings: a form made from the schema, with its checks; and the strategies of a week."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import Field, asdict, fields
from typing import Any

from companion.affect import MOOD_NAMES
from companion.config.edit import change_rules, change_settings
from companion.config.file import find_problem
from companion.config.schema import SECTIONS, STRATEGIES, Between, OneOf, Rule, SubsetOf
from companion.errors import ConfigError, UsageError
from companion.page.context import Context, Given

KINDS = {bool: "switch", int: "whole", float: "number", str: "text", tuple: "list"}
"""The input that a setting needs, by the type of its default."""


def show_settings(context: Context, _: Given) -> dict[str, Any]:
    """Give every section with its settings, their values, defaults and bounds."""
    config = context.config
    return {
        "file": str(context.paths.config),
        "sections": [
            {
                "name": name,
                "help": section.__doc__,
                "settings": [
                    _describe(name, part, getattr(getattr(config, name), part.name))
                    for part in fields(section)
                    if not part.metadata["table"]
                ],
            }
            for name, section in SECTIONS.items()
        ],
        "strategy": config.choose.strategy,
        "strategies": list(STRATEGIES),
        "moods": list(MOOD_NAMES),
        "rules": [asdict(rule) for rule in config.choose.rules],
    }


def _describe(section: str, part: Field[Any], value: Any) -> dict[str, Any]:
    check, default = part.metadata["check"], part.default
    return {
        "name": f"{section}.{part.name}",
        "help": part.metadata["help"],
        "kind": "choice" if isinstance(check, OneOf) else KINDS[type(default)],
        "value": list(value) if isinstance(value, tuple) else value,
        "default": list(default) if isinstance(default, tuple) else default,
        "low": check.low if isinstance(check, Between) else None,
        "high": check.high if isinstance(check, Between) else None,
        "words": list(check.words) if isinstance(check, OneOf | SubsetOf) else None,
        "fixed": f"COMPANION_{section}_{part.name}".upper() in os.environ,
    }


def save_settings(context: Context, given: Given) -> dict[str, Any]:
    """Write the changed settings into the user's file, all or none.

    Returns:
        "problems" by setting; empty where they are written.
    """
    changes = given.get("changes")
    if not isinstance(changes, dict) or not changes:
        raise UsageError("There is nothing to change.", "Change a setting first.")
    wanted = {_split(name): value for name, value in changes.items()}
    problems = {}
    for (section, key), value in wanted.items():
        if problem := find_problem(section, key, value):
            problems[f"{section}.{key}"] = problem
    if not problems:
        change_settings(context.paths.config, wanted)
        context.tell_agent("reload", "wake")
    return {"problems": problems}


def _split(name: str) -> tuple[str, str]:
    section, _, key = name.partition(".")
    known = section in SECTIONS and any(
        part.name == key and not part.metadata["table"] for part in fields(SECTIONS[section])
    )
    if not known:
        raise UsageError(f"{name[:60]!r} is not a setting.", "Reload the page.")
    return section, key


def save_rules(context: Context, given: Given) -> dict[str, Any]:
    """Write the strategies by mood and hour; "problem" is "" where they are written."""
    rules = given.get("rules")
    if not isinstance(rules, list):
        raise UsageError("There are no rules in the request.", "Reload the page.")
    try:
        change_rules(context.paths.config, [_rule(values) for values in rules])
    except ConfigError as error:
        return {"problem": str(error)}
    context.tell_agent("reload", "wake")
    return {"problem": ""}


def _rule(values: object) -> Rule:
    if not isinstance(values, Mapping):
        raise UsageError("A rule must be an object.", "Reload the page.")
    known = {part.name: values.get(part.name, "") for part in fields(Rule)}
    if not all(isinstance(value, str) for value in known.values()):
        raise UsageError("A rule's values must be text.", "Reload the page.")
    return Rule(**known)

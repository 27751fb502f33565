"""The progress of tagging in words: how many tracks are left, by when, and what tags them."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from companion.agent.service.control import ask
from companion.cli.home import Home
from companion.cli.output import count_of
from companion.errors import AgentNotRunning
from companion.store.tracks.tags import count_untried


def tagging_progress(db: sqlite3.Connection, home: Home) -> str:
    """Describe how many tracks are left to tag, and by when; "" where all have been tried."""
    left = count_untried(db)
    return describe_progress(left, ask_agent(home), chosen=bool(home.config.clips.providers))


def ask_agent(home: Home) -> Mapping[str, Any] | None:
    """Ask the running agent for its state; None where none runs."""
    try:
        report: dict[str, Any] = ask(home.paths, "status")
    except AgentNotRunning:
        return None
    return report


def describe_progress(untried: int, agent: Mapping[str, Any] | None, *, chosen: bool) -> str:
    """Describe the progress from what is known already; "" where all have been tried.

    Args:
        untried: how many tracks have neither a tag nor a reason why not.
        agent: the running agent's report; None where none runs.
        chosen: True where a source of clips is chosen.
    """
    if not untried:
        return ""
    more = f"{count_of(untried, 'track')} left to tag"
    if not chosen:
        return f"{more}, once a source of clips is chosen: `companion setup`"
    if agent is None:
        return f"{more}, by the agent when it runs, or now with `companion tag`"
    tagging = agent.get("tagging") or {}
    resting = f"; on hold: {tagging['resting']}" if tagging.get("resting") else ""
    if tagging.get("done_at"):
        return f"{more}, done by about {_clock(tagging['done_at'])}{resting}"
    return f"{more} by the agent{resting or '; how long it will take is not known yet'}"


def _clock(moment: str) -> str:
    at = datetime.fromisoformat(moment).astimezone()
    today = at.date() == datetime.now().astimezone().date()
    return f"{at:%H:%M}" if today else f"{at:%d %B %H:%M}"

"""Which function each command is. A line that names one loads that one only, to begin at once."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from companion.cli.app import Command, app

COMMANDS = {
    "setup": "setup.setup.setup",
    "once": "visit.once.once",
    "run": "agent.run.run",
    "pause": "agent.run.pause",
    "resume": "agent.run.resume",
    "visit-now": "agent.run.visit_now",
    "status": "agent.status.status",
    "mood": "mood.mood.mood",
    "wrong": "mood.mood.wrong",
    "why": "visit.why.why",
    "queue": "visit.queue.queue",
    "like": "library.feedback.like",
    "skip": "library.feedback.skip",
    "block": "library.feedback.block",
    "unblock": "library.feedback.unblock",
    "history": "visit.history.history",
    "logs": "agent.run.logs",
    "look": "mood.look.look",
    "calibrate": "mood.calibrate.calibrate",
    "login": "system.account.login",
    "logout": "system.account.logout",
    "sync": "library.library.sync",
    "tag": "library.tag.tag",
    "library": "library.library.library",
    "doctor": "system.doctor.doctor",
    "forget": "system.forget.forget",
    "demo": "demo.demo",
    "simulator": "demo.simulator",
    "completion": "system.completion.completion",
}
"""In the order of the help: by name, the module of this room and the function in it."""
GROUPS = {"config": "system.config", "models": "system.models", "service": "agent.service"}
"""Commands that have commands: by name, the module of this room that has their `app`."""
TAKE_POINTS = ("mood", "wrong")
"""Commands whose argument may begin with a minus, such as -0.5,0.2."""
OF_ALL = ("completion",)
"""Commands that speak of all the others."""

_registered: set[str] = set()


def register(arguments: Sequence[str]) -> None:
    """Make the commands known that a line may mean: the one that it names, or all."""
    named = next((word for word in arguments if not word.startswith("-")), None)
    known = (*COMMANDS, *GROUPS)
    wanted = (named,) if named in known and named not in OF_ALL else known
    for name in wanted:
        if name not in _registered:
            _register(name)
            _registered.add(name)


def _register(name: str) -> None:
    if name in COMMANDS:
        module, _, function = COMMANDS[name].rpartition(".")
        found = import_module(f"companion.cli.{module}")
        settings = {"ignore_unknown_options": name in TAKE_POINTS}
        app.command(name, cls=Command, context_settings=settings)(getattr(found, function))
    else:
        app.add_typer(import_module(f"companion.cli.{GROUPS[name]}").app, name=name)

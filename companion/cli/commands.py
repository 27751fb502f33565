"""Which function each command is. A line that names one loads that one only, to begin at once."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from companion.cli.app import Command, app

COMMANDS = {
    "setup": "setup.setup",
    "once": "once.once",
    "run": "run.run",
    "pause": "run.pause",
    "resume": "run.resume",
    "visit-now": "run.visit_now",
    "status": "status.status",
    "mood": "mood.mood",
    "wrong": "mood.wrong",
    "why": "why.why",
    "queue": "queue.queue",
    "like": "feedback.like",
    "skip": "feedback.skip",
    "block": "feedback.block",
    "unblock": "feedback.unblock",
    "history": "history.history",
    "logs": "run.logs",
    "look": "look.look",
    "calibrate": "calibrate.calibrate",
    "login": "account.login",
    "logout": "account.logout",
    "sync": "library.sync",
    "tag": "tag.tag",
    "library": "library.library",
    "doctor": "doctor.doctor",
    "forget": "forget.forget",
    "demo": "demo.demo",
    "simulator": "demo.simulator",
    "completion": "completion.completion",
}
"""In the order of the help: by name, the module of this room and the function in it."""
GROUPS = ("config", "models", "service")
"""Commands that have commands: each is a module of this room with an `app`."""
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
    module, _, function = COMMANDS.get(name, name).partition(".")
    found = import_module(f"companion.cli.{module}")
    if function:
        settings = {"ignore_unknown_options": name in TAKE_POINTS}
        app.command(name, cls=Command, context_settings=settings)(getattr(found, function))
    else:
        app.add_typer(found.app, name=name)

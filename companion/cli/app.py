"""The root of the command line, and which function each command is.

A line that names a command loads that one only, so that it begins at once.
"""

from collections.abc import Sequence
from importlib import import_module
from itertools import chain
from keyword import iskeyword
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from companion import __version__
from companion.errors import Interrupted

PROGRAM = "companion"
SHORT = 62  # columns that a summary has in the help
VERBOSE = ("--verbose", "-v")  # `main` takes them out: they are good behind a command too


def _light(help_option: Any) -> Any:
    """The option --help with a bool as its default: for None, typer would load pydantic."""
    if help_option:
        help_option.default = False
    return help_option


SECTIONS = {
    "To begin": ("setup", "login", "logout", "sync", "tag", "library", "calibrate", "service"),
    "Day by day": ("open", "status", "pause", "resume", "visit-now", "mood", "queue", "history"),
    "What was picked": ("why", "wrong", "like", "skip", "block", "unblock", "undo", "replay"),
    "By hand": ("run", "once", "look"),
    "Maintenance": (
        "doctor",
        "logs",
        "config",
        "models",
        "export",
        "import",
        "forget",
        "completion",
    ),
    "Trying it out": ("demo", "simulator"),
}
"""The commands in the sections and the order of the help."""


MODULES = {
    "agent.run": ("run", "pause", "resume", "visit-now", "logs"),
    "agent.status": ("status",),
    "demo": ("demo", "simulator"),
    "library.feedback": ("like", "skip", "block", "unblock", "undo"),
    "library.library": ("sync", "library"),
    "library.tag": ("tag",),
    "mood.calibrate": ("calibrate",),
    "mood.look": ("look",),
    "mood.mood": ("mood", "wrong"),
    "page": ("open",),
    "setup.setup": ("setup",),
    "system.account": ("login", "logout"),
    "system.completion": ("completion",),
    "system.doctor": ("doctor",),
    "system.forget": ("forget",),
    "system.transfer": ("export", "import"),
    "visit.history": ("history",),
    "visit.once": ("once",),
    "visit.replay": ("replay",),
    "visit.picks": ("queue", "why"),
}
"""The modules of this room, and the commands that each has functions of."""
COMMANDS = {name: module for module, names in MODULES.items() for name in names}
GROUPS = {"config": "system.config", "models": "system.models", "service": "agent.service"}
"""Commands that have commands: by name, the module of this room that has their `app`."""
TAKE_POINTS = ("mood", "wrong")
"""Commands whose argument may begin with a minus, such as -0.5,0.2."""


class Command(TyperCommand):
    """A command that begins fast and whose summary is not cut."""

    def get_short_help_str(self, limit: int = SHORT) -> str:
        return super().get_short_help_str(limit)

    def get_help_option(self, ctx: Any) -> Any:
        return _light(super().get_help_option(ctx))


class _Commands(TyperGroup):
    """Begins fast, and prints a word at Ctrl-C, where typer would end in silence."""

    def get_help_option(self, ctx: Any) -> Any:
        return _light(super().get_help_option(ctx))

    def get_params(self, ctx: Any) -> Any:
        # `companion completion` does the work of typer's own two options
        own = {"install_completion", "show_completion"}
        return [param for param in super().get_params(ctx) if param.name not in own]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        width = max(map(len, self.commands))
        for section, names in SECTIONS.items():
            with formatter.section(section):
                lines = ((name, self.commands[name].get_short_help_str()) for name in names)
                formatter.write_dl([(name.ljust(width), line) for name, line in lines])

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, typer.Abort):
            raise Interrupted("Interrupted.") from None


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:  # typer calls it so
    if wanted:
        typer.echo(f"companion {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    verbose: Annotated[
        bool,
        typer.Option(*VERBOSE, help="Show an error's traceback; accepted anywhere on the line."),
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Read the mood from the face and queue a fitting track of your Spotify library."""


_registered: set[str] = set()


def register(arguments: Sequence[str]) -> None:
    """Register the commands that a line may mean: the one that it names, or all."""
    named = next((word for word in arguments if not word.startswith("-")), None)
    known = tuple(chain(*SECTIONS.values()))
    # completion needs all the others
    wanted = (named,) if named in known and named != "completion" else known
    for name in wanted:
        if name not in _registered:
            _register(name)
            _registered.add(name)


def _register(name: str) -> None:
    if name in COMMANDS:
        module = import_module(f"companion.cli.{COMMANDS[name]}")
        settings = {"ignore_unknown_options": name in TAKE_POINTS}
        function = f"{name}_" if iskeyword(name) else name.replace("-", "_")
        command = getattr(module, function)
        app.command(name, cls=Command, context_settings=settings)(command)
    else:
        app.add_typer(import_module(f"companion.cli.{GROUPS[name]}").app, name=name)

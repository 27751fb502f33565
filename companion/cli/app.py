"""The root of the command line."""

from __future__ import annotations

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
    "Day by day": ("status", "pause", "resume", "visit-now", "mood", "queue", "history"),
    "What was picked": ("why", "wrong", "like", "skip", "block", "unblock"),
    "By hand": ("run", "once", "look"),
    "To keep it in order": ("doctor", "logs", "config", "models", "forget", "completion"),
    "To try it": ("demo", "simulator"),
}
"""The commands as the help shows them."""


class Command(TyperCommand):
    """A command that begins fast and whose summary is not cut."""

    def get_short_help_str(self, limit: int = SHORT) -> str:
        return super().get_short_help_str(limit)

    def get_help_option(self, ctx: Any) -> Any:
        return _light(super().get_help_option(ctx))


class _Commands(TyperGroup):
    """Begins fast, and says a word at Ctrl-C, where typer would end in silence."""

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
                formatter.write_dl(
                    [
                        (name.ljust(width), self.commands[name].get_short_help_str())
                        for name in names
                    ]
                )

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
        bool, typer.Option(*VERBOSE, help="Show where an error comes from; anywhere in the line.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Read the mood from the face and queue a fitting track of your Spotify library."""

"""The questions of `companion setup`: asked in the terminal, or answered by flags."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import typer

from companion.cli.home import Home
from companion.config.edit import change_settings
from companion.config.file import load_config
from companion.config.schema import Clips, Config
from companion.errors import CompanionError, LoginNeeded
from companion.paths import Paths

if TYPE_CHECKING:
    from companion.spotify.auth.credentials import Consent


WIDTH = 77  # columns, and two for the indentation


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers that flags give; None where there is no flag.

    Attributes:
        clips: as the settings have them.
        keep: the steps whose settings stay as they are.
        all_yes: whether what no flag answers is answered by yes.
    """

    client_id: str | None = None
    sign_in: bool | None = None
    clips: Clips | None = None
    camera: bool | None = None
    first_song: bool | None = None
    service: bool | None = None
    notices: bool | None = None
    keep: frozenset[str] = frozenset()
    all_yes: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """The state of the guide between its steps.

    Attributes:
        terminal: whether there is a terminal to ask in.
        later: the commands that make up for what was left out, with what they do.
    """

    paths: Paths
    answers: Answers
    terminal: bool
    later: dict[str, list[str]] = field(default_factory=dict)

    @property
    def config(self) -> Config:
        """The settings as they are now."""
        return load_config(self.paths.config)

    def change(self, section: str, **values: Any) -> None:
        """Write settings of a section into the user's file."""
        change_settings(self.paths.config, {(section, key): v for key, v in values.items()})

    def consent(self) -> Consent | None:
        """Read the sign-in, if it is for the present app, covers everything and has not ended.

        Raises:
            KeyringMissing: the keyring does not answer.
        """
        from companion.spotify.auth.credentials import CredentialStore, scopes_for

        try:
            found = CredentialStore().load()
        except LoginNeeded:  # the entry is damaged
            return None
        if found is None or found.client_id != self.config.spotify.client_id:
            return None
        needed = set(scopes_for(self.config.spotify))
        good = needed <= set(found.scope.split()) and found.days_left(today())
        return found if good else None

    @property
    def home(self) -> Home:
        """The folders, with the settings as they are now."""
        return Home(self.paths, self.config)

    def agree(self, question: str, given: bool | None, *, default: bool | None = None) -> bool:
        """Take the flag's answer if there is one, else ask the user."""
        if given is not None:
            return given
        if self.answers.all_yes or not self.terminal:
            return self.answers.all_yes
        return typer.confirm(f"\n  {question}", default=default)

    def tell_agent(self) -> None:
        """Let a running agent know of the settings and of the sign-in."""
        self.home.reload_agent()

    def leave_out(self, command: str, purpose: str) -> None:
        """Say that a step is left out, and remember the command that makes up for it."""
        self.remember(command, purpose)
        say(f"Skipped. To do it later: {command}")

    def remember(self, command: str, purpose: str) -> None:
        """Name a command at the end, with what it is good for."""
        self.later.setdefault(command, []).append(purpose)


def today() -> date:
    """Give today's date in UTC, by which a sign-in's days are counted."""
    return datetime.now(UTC).date()


def complain(error: CompanionError) -> None:
    """Print what went wrong in a step and what to do, on stderr."""
    for sentence in (f"That did not work: {error}", error.remedy):
        typer.echo(textwrap.indent(textwrap.fill(sentence, WIDTH), "  "), err=True)


def say(text: str) -> None:
    """Print the lines of a step, indented."""
    for line in text.strip("\n").split("\n"):
        typer.echo(f"  {line}".rstrip())

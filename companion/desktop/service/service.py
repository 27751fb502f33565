"""The agent as a service of the user's session: it starts with the desktop and ends with it."""

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from companion.desktop.programs import Command, run_command
from companion.desktop.service.definition import is_ours
from companion.errors import ServiceError
from companion.paths import HOME_VARIABLE, expand
from companion.text import readable_path

# The service must find the same folders as the commands in a terminal.
CARRIED = (HOME_VARIABLE, "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


class Service(Protocol):
    """A platform's manager of services, and the one service that we give it.

    Attributes:
        place: where the definition is, as shown to people.
        definition: the text that defines the service.
    """

    place: str
    definition: str

    def read(self) -> str | None:
        """Return the definition under our name; None where there is none."""

    def write(self) -> None:
        """Write our definition."""

    def remove(self) -> None:
        """Remove the definition."""

    def start_commands(self, *, start: bool, changed: bool) -> list[Command]:
        """Return the programs to run after the definition is written."""

    def stop_commands(self) -> list[Command]:
        """Return the programs to run before it is removed."""

    def is_running(self) -> bool: ...

    def advice(self) -> str | None:
        """Say what else the user must do, if anything."""


def install(service: Service, *, start: bool) -> bool:
    """Define the service, and start it if wanted; False if it was defined the same already.

    Raises:
        ServiceError: something that is not ours has the name, or the manager refuses.
    """
    found = read_own(service)
    changed = found != service.definition
    if changed:
        service.write()
    try:
        for command in service.start_commands(start=start, changed=changed):
            run_command(command)
    except ServiceError:
        if found is None:
            service.remove()
        raise
    return changed


def uninstall(service: Service) -> bool:
    """Stop the service and remove its definition; False where there was none.

    Raises:
        ServiceError: something that is not ours has the name, or the manager refuses.
    """
    if read_own(service) is None:
        return False
    for command in service.stop_commands():
        run_command(command)
    service.remove()
    return True


def read_own(service: Service) -> str | None:
    """Read the definition; None where there is none.

    Raises:
        ServiceError: it is not ours.
    """
    found = service.read()
    if found is not None and not is_ours(found):
        raise ServiceError(
            f"{service.place} was not written by companion.",
            "Move it away yourself, then run the command again.",
        )
    return found


def find_service(environ: Mapping[str, str] = os.environ) -> Service:
    """Return this platform's service manager, for an agent run by this Python.

    Raises:
        ServiceError: the platform has none that we know, or a path is beyond what it can hold.
    """
    command = agent_command(Path(sys.executable))
    carried = carried_environment(environ)
    _check_text((*command, *carried.values()))
    if sys.platform == "linux":
        from companion.desktop.service.systemd import Systemd

        return Systemd(command, carried)
    if sys.platform == "darwin":
        from companion.desktop.service.launchd import Launchd

        return Launchd(command, carried)
    if sys.platform == "win32":
        from companion.desktop.service.scheduled_task import ScheduledTask

        return ScheduledTask(command, carried)
    raise ServiceError(f"No service manager is known for {sys.platform}.")


def carried_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables by which what the desktop starts finds the same folders as a terminal."""
    return {name: str(expand(environ[name]).absolute()) for name in CARRIED if environ.get(name)}


def _check_text(words: Iterable[str]) -> None:
    """Refuse names that are no text; definitions are, and systemd passes over such a setting."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError as error:
            raise ServiceError(
                f"{readable_path(word)} is not named in UTF-8, so no service can name it.",
                "Rename the folder or move companion, then run the command again.",
            ) from error


def agent_command(python: Path) -> tuple[str, ...]:
    """Return the command that starts the agent, safe from modules in the current folder."""
    windowless = python.with_name("pythonw.exe")
    runner = windowless if windowless.exists() else python
    return (str(runner), "-P", "-m", "companion", "run")

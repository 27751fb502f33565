"""The agent as a service of the user's session: it starts with the desktop and ends with it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from companion.desktop.programs import Order, carry_out
from companion.desktop.service.definition import is_ours
from companion.errors import ServiceError
from companion.paths import HOME_VARIABLE

# Where things lie must be the same for the service as for the commands in a terminal.
CARRIED = (HOME_VARIABLE, "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


class Service(Protocol):
    """A platform's manager of services, and the one service that we give it.

    Attributes:
        place: where the definition is, for people.
        definition: what the manager is told of the service.
    """

    @property
    def place(self) -> str: ...

    @property
    def definition(self) -> str: ...

    def read(self) -> str | None:
        """What is defined under our name now; None where nothing is."""

    def write(self) -> None:
        """Put our definition in its place."""

    def remove(self) -> None:
        """Take it away."""

    def start_orders(self, *, start: bool, changed: bool) -> list[Order]:
        """What must be run once the definition is in its place."""

    def stop_orders(self) -> list[Order]:
        """What must be run before it is taken away."""

    def is_running(self) -> bool: ...

    def advice(self) -> str | None:
        """What the user must do besides, if anything."""


def install(service: Service, *, start: bool) -> bool:
    """Define the service, and start it if wanted; False where it was defined so already.

    Raises:
        ServiceError: something that is not ours has the name, or the manager refuses.
    """
    found = read_own(service)
    changed = found != service.definition
    if changed:
        service.write()
    try:
        for order in service.start_orders(start=start, changed=changed):
            carry_out(order)
    except ServiceError:
        if found is None:
            service.remove()
        raise
    return changed


def uninstall(service: Service) -> bool:
    """Stop the service and take its definition away; False where there was none.

    Raises:
        ServiceError: something that is not ours has the name, or the manager refuses.
    """
    if read_own(service) is None:
        return False
    for order in service.stop_orders():
        carry_out(order)
    service.remove()
    return True


def read_own(service: Service) -> str | None:
    """The definition that is in its place; None where there is none.

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
    """This platform's manager, for an agent that this Python runs.

    Raises:
        ServiceError: there is none that we know.
    """
    command = agent_command(Path(sys.executable))
    carried = {
        name: str(Path(environ[name]).expanduser().absolute())
        for name in CARRIED
        if environ.get(name)
    }
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


def agent_command(python: Path) -> tuple[str, ...]:
    """What starts the agent: no search path, and no module of the folder it starts in."""
    windowless = python.with_name("pythonw.exe")
    runner = windowless if windowless.exists() else python
    return (str(runner), "-P", "-m", "companion", "run")

"""D-Bus calls that end within a second: the bus may be absent, and who is asked may hang."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import Any, Literal

from jeepney import (
    DBusAddress,
    DBusErrorResponse,
    Message,
    MessageFlag,
    MessageType,
    Properties,
    new_method_call,
)
from jeepney.bus import find_session_bus, find_system_bus
from jeepney.io.blocking import DBusConnection, prep_socket

DEADLINE = 1.0  # seconds

Which = Literal["session", "system"]


@dataclass(frozen=True, slots=True)
class Place:
    """Whom to ask: a name on the bus, an object of its, and one of the object's interfaces."""

    name: str
    path: str
    interface: str

    @property
    def address(self) -> DBusAddress:
        return DBusAddress(self.path, self.name, self.interface)


class Bus:
    """A connection that is made at the first call, kept, and made again once it is broken.

    Threads may share it: one call is made after the other.
    """

    def __init__(self, which: Which) -> None:
        self._which = which
        self._connection: _Connection | None = None
        self._lock = threading.Lock()

    def call(
        self, place: Place, method: str, signature: str = "", *values: Any, start: bool = False
    ) -> tuple[Any, ...] | None:
        """The answer; None when there is no bus, nobody answers in time, or with an error.

        Args:
            place: whom to ask.
            method: of the place's interface.
            signature: the types of the values, as D-Bus writes them.
            values: the method's arguments.
            start: let the bus start the program that has the name, if it does not run.
        """
        message = new_method_call(place.address, method, signature or None, values)
        return self._ask(message, start=start)

    def properties(self, place: Place) -> dict[str, Any] | None:
        """All properties of the interface by name, out of their variants; None as for `call`."""
        answer = self._ask(Properties(place.address).get_all(), start=False)
        return without_types(answer[0]) if answer else None

    def close(self) -> None:
        """Let go of the connection; the next call makes a new one."""
        with self._lock:
            self._drop()

    def _ask(self, message: Message, *, start: bool) -> tuple[Any, ...] | None:
        if not start:
            message.header.flags = MessageFlag.no_auto_start
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = _connect(self._which)
                reply = self._connection.send_and_get_reply(message, timeout=DEADLINE)
            except (OSError, LookupError, ValueError, RuntimeError, DBusErrorResponse):
                self._drop()  # what answers too late must not be read by the next call
                return None
        body: tuple[Any, ...] = reply.body
        return None if reply.header.message_type == MessageType.error else body

    def _drop(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None


def without_types(variants: Any) -> dict[str, Any]:
    """The values of a D-Bus dictionary of variants (`a{sv}`); empty for anything else."""
    if not isinstance(variants, dict):
        return {}
    # a variant is a pair of its type and its value
    return {key: value[-1] for key, value in variants.items() if isinstance(value, tuple)}


class _Connection(DBusConnection):  # type: ignore[misc]  # jeepney has no types
    """jeepney's, which would wait for ever for the bus to greet."""

    def receive(self, *, timeout: float | None = None) -> Message:
        return super().receive(timeout=DEADLINE if timeout is None else timeout)


def _connect(which: Which) -> _Connection:
    link = prep_socket(_socket_path(which), timeout=DEADLINE)
    link.settimeout(DEADLINE)
    try:
        return _Connection(link)
    except BaseException:
        link.close()
        raise


def _socket_path(which: Which) -> str:
    """Where the bus listens; a session without the variable has it in the runtime folder.

    Raises:
        LookupError, ValueError, RuntimeError: there is no address, or none that can be used.
    """
    if which == "system":
        path: str = find_system_bus()
    elif "DBUS_SESSION_BUS_ADDRESS" in os.environ:
        path = find_session_bus()
    else:
        path = f"{os.environ['XDG_RUNTIME_DIR']}/bus"
    return path

"""D-Bus calls that return within a second, even if the bus is absent or the program asked hangs."""

import os
import socket
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

DEADLINE_SECONDS = 1.0  # for each call

Which = Literal["session", "system"]


@dataclass(frozen=True, slots=True)
class BusObject:
    """A bus name, an object path of that program, and one of the object's interfaces."""

    name: str
    path: str
    interface: str

    @property
    def address(self) -> DBusAddress:
        return DBusAddress(self.path, self.name, self.interface)


class Bus:
    """A connection opened at the first call, kept, and reopened once it is broken.

    Threads may share it; calls are made one at a time.
    """

    def __init__(self, which: Which) -> None:
        self._which = which
        self._connection: _Connection | None = None
        self._lock = threading.Lock()

    def call(
        self, target: BusObject, method: str, signature: str = "", *values: Any, start: bool = False
    ) -> tuple[Any, ...] | None:
        """Return the answer; None if there is no bus, no answer in time, or an error.

        `signature` is the D-Bus one of the values; with `start`, the bus may start the program.
        """
        message = new_method_call(target.address, method, signature or None, values)
        return self._ask(message, start=start)

    def properties(self, target: BusObject) -> dict[str, Any] | None:
        """Return all properties of the interface by name, unpacked; None as for `call`."""
        answer = self._ask(Properties(target.address).get_all(), start=False)
        return without_types(answer[0]) if answer else None

    def close(self) -> None:
        """Close the connection; the next call opens a new one."""
        with self._lock:
            self._drop()

    def _ask(self, message: Message, *, start: bool) -> tuple[Any, ...] | None:
        if not start:
            message.header.flags = MessageFlag.no_auto_start
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = _connect(self._which)
                reply = self._connection.send_and_get_reply(message, timeout=DEADLINE_SECONDS)
            except (OSError, LookupError, ValueError, RuntimeError, DBusErrorResponse):
                self._drop()  # a late answer must not be read by the next call
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
    """A jeepney connection whose greeting has a deadline, and which closes when that fails."""

    def __init__(self, link: socket.socket) -> None:
        try:
            super().__init__(link)
        except BaseException:
            self.selector.close()  # held in a reference cycle until the garbage collector runs
            link.close()
            raise

    def receive(self, *, timeout: float | None = None) -> Message:
        return super().receive(timeout=DEADLINE_SECONDS if timeout is None else timeout)


def _connect(which: Which) -> _Connection:
    link = prep_socket(_socket_path(which), timeout=DEADLINE_SECONDS)
    link.settimeout(DEADLINE_SECONDS)
    return _Connection(link)


def _socket_path(which: Which) -> str:
    """The bus's socket, the one in the runtime folder without the session's variable."""
    if which == "system":
        path: str = find_system_bus()
    elif "DBUS_SESSION_BUS_ADDRESS" in os.environ:
        path = find_session_bus()
    else:
        path = f"{os.environ['XDG_RUNTIME_DIR']}/bus"
    return path

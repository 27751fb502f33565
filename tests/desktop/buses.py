"""A D-Bus of the test's own, and programs on it that answer as we say."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jeepney import (
    HeaderFields,
    Message,
    MessageFlag,
    MessageType,
    new_error,
    new_method_return,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, prep_socket

CONFIG = """\
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <servicedir>{folder}</servicedir>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
PROPERTIES = "org.freedesktop.DBus.Properties"
POLL = 0.02  # seconds after which a peer sees that it should end

Answer = tuple[str, tuple[Any, ...]]


class PrivateBus:
    """A real dbus-daemon that nobody else knows; programs in its folder may be started by it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "bus"
        self.address = f"unix:path={self.path}"
        self._daemon: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        config = self.folder / "bus.conf"
        config.write_text(CONFIG.format(folder=self.folder))
        command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"]
        self._daemon = subprocess.Popen(  # noqa: S603 - the words above
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._daemon.stdout is not None
        assert self._daemon.stdout.readline().startswith(b"unix:path=")

    def stop(self) -> None:
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait(10)
            assert self._daemon.stdout is not None
            self._daemon.stdout.close()
            self._daemon = None
        self.path.unlink(missing_ok=True)

    def signal(self, number: int) -> None:
        assert self._daemon is not None
        self._daemon.send_signal(number)

    def connect(self) -> DBusConnection:
        return DBusConnection(prep_socket(os.fspath(self.path)))


class Peer:
    """A program on the bus: it owns names, has properties, and answers calls.

    Attributes:
        properties: by object path and interface: names with variants.
        methods: by interface and method: a signature and values, or what makes them of the
            call's values. None is silence.
        calls: what was called, with its values.
    """

    def __init__(self, bus: PrivateBus, *names: str) -> None:
        self.properties: dict[tuple[str, str], dict[str, tuple[str, Any]]] = {}
        self.methods: dict[tuple[str, str], Answer | Callable[..., Answer | None] | None] = {}
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.vanished = False
        self._bus = bus
        self._names = names
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._connection = self._bus.connect()
        proxy = Proxy(message_bus, self._connection)
        for name in self._names:
            assert proxy.RequestName(name) == (1,)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self._connection.close()

    def vanish(self) -> None:
        """Leave the bus as a program that crashes, without an answer to what it was asked."""
        self.vanished = True
        self._connection.close()

    def _serve(self) -> None:
        while not self._over.is_set() and not self.vanished:
            try:
                message = self._connection.receive(timeout=POLL)
            except TimeoutError:
                continue
            except OSError:  # the bus has ended
                return
            if message.header.message_type is MessageType.method_call:
                self._answer(message)

    def _answer(self, message: Message) -> None:
        fields = message.header.fields
        interface, method = fields.get(HeaderFields.interface), fields[HeaderFields.member]
        self.calls.append((method, message.body))
        answer: Answer | None = None
        if (interface, method) in self.methods:
            known = self.methods[interface, method]
            answer = known(*message.body) if callable(known) else known
            if answer is None:
                return
        elif (interface, method) == (PROPERTIES, "GetAll"):
            found = self.properties.get((fields[HeaderFields.path], message.body[0]))
            answer = ("a{sv}", (found,)) if found is not None else None
        if answer is None:
            reply = new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")
        else:
            reply = new_method_return(message, *answer)
        reply.header.flags = MessageFlag.no_reply_expected
        self._connection.send(reply)

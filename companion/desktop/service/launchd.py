"""The service on macOS: a launch agent. See launchd.plist(5)."""

import os
import plistlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from companion.desktop.programs import Command, ask_program
from companion.desktop.service.definition import MARK, DefinitionFile
from companion.paths import APP

LABEL = f"local.{APP}"
THROTTLE = 60  # seconds between two starts: launchd has no back-off
BOOTSTRAP_TRIES = 5  # the agent before may take its three seconds to end


class Launchd(DefinitionFile):
    """A property list in the user's LaunchAgents, and `launchctl`."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        file = Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"
        super().__init__(file, write_plist(command, environment))
        self._domain = f"gui/{os.getuid()}"
        self._target = f"{self._domain}/{LABEL}"

    def start_commands(self, *, start: bool, changed: bool) -> list[Command]:
        if not start or (self.is_running() and not changed):
            return []
        load = ("launchctl", "bootstrap", self._domain, str(self.file))
        return [*self.stop_commands(), Command(load, tries=BOOTSTRAP_TRIES)]

    def stop_commands(self) -> list[Command]:
        return [Command(("launchctl", "bootout", self._target), may_fail=True)]

    def is_running(self) -> bool:
        answer = ask_program(("launchctl", "print", self._target))
        return answer is not None and b"state = running" in answer

    def advice(self) -> str | None:
        return "macOS may ask whether Python may use the camera: allow it."


def write_plist(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """The property list's text; our mark stands in it as a comment.

    `Aqua` is the session with a screen, the only one with a camera and a keychain.
    """
    keys = {
        "Label": LABEL,
        "ProgramArguments": list(command),
        "EnvironmentVariables": dict(environment),
        "LimitLoadToSessionType": "Aqua",
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": THROTTLE,
        "Umask": 0o077,
    }
    head, line, rest = plistlib.dumps(keys).decode("utf-8").partition("\n")
    return f"{head}{line}<!-- {MARK} -->{line}{rest}"

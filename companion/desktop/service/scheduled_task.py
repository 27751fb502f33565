"""The service on Windows: a task at log-on. See the Task Scheduler's schema, version 1.2.

A Windows service would run in session 0, which sees no camera. A task has no environment of its
own: what the agent must know beyond its command, the user's account must say.
"""

import getpass
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from companion.desktop.programs import Command, ask_program, run_command
from companion.desktop.service.definition import MARK
from companion.paths import APP

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
VERSION_LENGTH = 16  # hexadecimal digits of the definition's hash
RUNNING = b"4"  # of PowerShell's ScheduledTask states, whose names are translated
AGAIN = "PT5M"  # a start while it runs is ignored: so it begins again after a crash

Tree = Mapping[str, "str | Tree"]

SETTINGS: Tree = {
    "MultipleInstancesPolicy": "IgnoreNew",
    "DisallowStartIfOnBatteries": "false",
    "StopIfGoingOnBatteries": "false",
    "ExecutionTimeLimit": "PT0S",  # none
}


class ScheduledTask:
    """A task of the user's, made and removed with `schtasks`."""

    place = f"The task {APP} of the Task Scheduler"

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.definition = write_task(command, user_name(os.environ))
        self._environment = environment

    def read(self) -> str | None:
        """Ours where the task has its version: the scheduler rewrites what it is given."""
        answer = ask_program(("schtasks", "/query", "/tn", APP, "/xml"))
        if answer is None:
            return None
        found = answer.replace(b"\0", b"").decode("utf-8", "replace")
        return self.definition if _version(self.definition) in found else found

    def write(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "task.xml"
            file.write_text(self.definition, "utf-16")
            run_command(Command(("schtasks", "/create", "/tn", APP, "/xml", str(file), "/f")))

    def remove(self) -> None:
        run_command(Command(("schtasks", "/delete", "/tn", APP, "/f")))

    def start_commands(self, *, start: bool, changed: bool) -> list[Command]:
        run = Command(("schtasks", "/run", "/tn", APP))
        if not start:
            return []
        return [*self.stop_commands(), run] if changed else [run]

    def stop_commands(self) -> list[Command]:
        return [Command(("schtasks", "/end", "/tn", APP), may_fail=True)]

    def is_running(self) -> bool:
        state = f"[int](Get-ScheduledTask -TaskName {APP} -TaskPath \\).State"
        answer = ask_program(("powershell", "-NoProfile", "-Command", state))
        return answer is not None and answer.strip() == RUNNING

    def advice(self) -> str | None:
        if not self._environment:
            return None
        commands = " and ".join(
            f'`setx {name} "{value}"`' for name, value in self._environment.items()
        )
        return f"Run {commands}, so that the agent finds what this terminal finds."


def write_task(command: Sequence[str], user: str) -> str:
    """The task's XML: at the user's log-on, in the user's session, with the user's rights."""
    program, *arguments = command
    principal = {"UserId": user, "LogonType": "InteractiveToken", "RunLevel": "LeastPrivilege"}
    trigger: Tree = {"Repetition": {"Interval": AGAIN}, "UserId": user}
    action = {"Command": program, "Arguments": subprocess.list2cmdline(arguments)}
    parts: dict[str, str | Tree] = {
        "Triggers": {"LogonTrigger": trigger},
        "Principals": {"Principal": principal},
        "Settings": SETTINGS,
        "Actions": {"Exec": action},
    }
    version = hashlib.sha256(repr(parts).encode()).hexdigest()[:VERSION_LENGTH]
    parts["RegistrationInfo"] = {"Version": version, "Description": MARK}
    task = ElementTree.Element("Task", version="1.2", xmlns=NAMESPACE)
    _fill(task, parts)
    ElementTree.indent(task)
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{ElementTree.tostring(task, "unicode")}\n'


def user_name(environ: Mapping[str, str]) -> str:
    """The user with the domain or the machine that knows the account."""
    domain = environ.get("USERDOMAIN")
    return f"{domain}\\{getpass.getuser()}" if domain else getpass.getuser()


def _version(definition: str) -> str:
    return definition.partition("<Version>")[2][:VERSION_LENGTH]


def _fill(parent: ElementTree.Element, parts: Tree) -> None:
    for name, content in parts.items():
        child = ElementTree.SubElement(parent, name)
        if isinstance(content, str):
            child.text = content
        else:
            _fill(child, content)

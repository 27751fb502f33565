"""The service on Linux: a unit of the user's systemd. See systemd.service(5), systemd.exec(5)."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from companion.desktop.programs import Command, ask_program
from companion.desktop.service.definition import MARK, DefinitionFile
from companion.errors import AgentRunning, ConfigError, UsageError
from companion.paths import APP

UNIT = f"{APP}.service"
SESSION = "graphical-session.target"
BACKING_OFF = 254  # the first version that waits longer after each failure
NOT_IN_A_PROGRAM = "\"'\\"  # systemd starts no program with these in its path

# No PrivateDevices: it hides the camera. No MemoryDenyWriteExecute: JAX compiles. What needs
# mounts of its own (ProtectSystem and the like) is not granted to users everywhere.
TEMPLATE = """\
# {mark}
[Unit]
Description=companion: reads the mood from the face and queues a fitting track
PartOf={session}
After={session}
{limit}

[Service]
Type=exec
ExecStart=:{command}
ExecReload=/bin/kill -HUP $MAINPID
{environment}Restart=on-failure
{wait}
RestartPreventExitStatus={hopeless}
KillMode=mixed
TimeoutStopSec=10
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy={session}
"""


class Systemd(DefinitionFile):
    """A unit file in the user's folder, and `systemctl --user`."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        version = read_version(ask_program(("systemctl", "--version")) or b"")
        unit = write_unit(command, environment, version)
        super().__init__(Path(folder) / "systemd" / "user" / UNIT, unit)

    def remove(self) -> None:
        super().remove()
        ask_program(_systemctl("daemon-reload"))

    def start_commands(self, *, start: bool, changed: bool) -> list[Command]:
        words = [("daemon-reload",), ("enable", UNIT)]
        if start:
            words.append(("restart" if changed else "start", UNIT))
        return [Command(_systemctl(*command)) for command in words]

    def stop_commands(self) -> list[Command]:
        return [Command(_systemctl("disable", "--now", UNIT))]

    def is_running(self) -> bool:
        return ask_program(_systemctl("is-active", UNIT)) is not None

    def advice(self) -> str | None:
        if ask_program(_systemctl("is-active", SESSION)) is not None:
            return None
        return (
            f"Your desktop has not told systemd that it runs ({SESSION}). If it never does, "
            f"have it run `systemctl --user start {UNIT}` when it starts."
        )


def write_unit(command: Sequence[str], environment: Mapping[str, str], version: int) -> str:
    """The unit's text, for a version of systemd.

    Before `BACKING_OFF`, a service that fails too often within an hour is left alone.
    """
    if any(sign in command[0] for sign in NOT_IN_A_PROGRAM):
        command = ("/usr/bin/env", *command)
    grows = version >= BACKING_OFF
    return TEMPLATE.format(
        mark=MARK,
        session=SESSION,
        limit="StartLimitIntervalSec=" + ("0" if grows else "1h\nStartLimitBurst=10"),
        wait="RestartSec=5" + ("\nRestartSteps=8\nRestartMaxDelaySec=1h" if grows else ""),
        command=" ".join(quote(word) for word in command),
        environment="".join(
            f"Environment={quote(f'{name}={value}')}\n" for name, value in environment.items()
        ),
        hopeless=" ".join(
            str(error.exit_code) for error in (UsageError, ConfigError, AgentRunning)
        ),
    )


def quote(word: str) -> str:
    """The word as a unit file holds it; a command with `:` before it leaves `$` alone."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped.replace("%", "%%")}"'


def read_version(text: bytes) -> int:
    """The number in what `systemctl --version` prints; 0 where there is none."""
    found = re.match(rb"systemd (\d+)", text)
    return int(found[1]) if found else 0


def _systemctl(*words: str) -> tuple[str, ...]:
    return ("systemctl", "--user", *words)

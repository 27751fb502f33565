"""The platforms' managers of services, played by shell scripts that fail as the real ones do.

What a manager knows lies in files of its folder: `loaded` is the definition that it took up,
`running` and `enabled` are there or not, `starts` has a line for each start of the service.
"""

from __future__ import annotations

from tests.desktop.programs import Programs

SYSTEMCTL = """
[ "$1" = --version ] && { echo "systemd VERSION (VERSION.1-1)"; exit 0; }
[ -e "$state/broken" ] && { echo "Failed to connect to bus: No medium found" >&2; exit 1; }
unit="$XDG_CONFIG_HOME/systemd/user/companion.service"
case "$2" in
daemon-reload) rm -f "$state/loaded"; [ ! -e "$unit" ] || cp "$unit" "$state/loaded" ;;
enable) [ -e "$unit" ] || {
    echo "Failed to enable unit: Unit file $3 does not exist." >&2; exit 1; }
  touch "$state/enabled" ;;
start|restart) [ -e "$state/loaded" ] || {
    echo "Failed to $2 $3: Unit $3 not found." >&2; exit 5; }
  [ "$2" = restart ] && rm -f "$state/running"
  [ -e "$state/running" ] || { touch "$state/running"; echo >> "$state/starts"; } ;;
disable) [ "$3" = --now ] || exit 9
  [ -e "$unit" ] || {
    echo "Failed to disable unit: Unit file $4 does not exist." >&2; exit 1; }
  rm -f "$state/running" "$state/enabled" ;;
is-active) case "$3" in
  graphical-session.target) [ ! -e "$state/no-session" ] || { echo inactive; exit 3; } ;;
  *) [ -e "$state/running" ] || { echo inactive; exit 3; } ;;
  esac; echo active ;;
*) echo "Unknown command verb $2." >&2; exit 1 ;;
esac
"""

LAUNCHCTL = """
[ -e "$state/broken" ] && {
  echo "Bootstrap failed: 125: Domain does not support specified action" >&2; exit 125; }
case "$1" in
bootstrap)
  [ ! -s "$state/slow" ] || { sed -i 1d "$state/slow"
    echo "Bootstrap failed: 37: Operation already in progress" >&2; exit 37; }
  [ ! -e "$state/loaded" ] || { echo "Bootstrap failed: 5: Input/output error" >&2; exit 5; }
  [ -e "$3" ] || { echo "Bootstrap failed: 2: No such file or directory" >&2; exit 2; }
  cp "$3" "$state/loaded"; touch "$state/running"; echo >> "$state/starts" ;;
bootout)
  [ -e "$state/loaded" ] || { echo "Boot-out failed: 3: No such process" >&2; exit 3; }
  rm -f "$state/loaded" "$state/running" ;;
print)
  [ -e "$state/loaded" ] || { echo "Could not find service" >&2; exit 113; }
  if [ -e "$state/running" ]; then echo "  state = running"; else echo "  state = waiting"; fi ;;
*) exit 64 ;;
esac
"""

SCHTASKS = """
[ -e "$state/broken" ] && { echo "ERROR: Access is denied." >&2; exit 1; }
verb="$1"; [ "$2" = /tn ] && [ "$3" = companion ] || exit 9
known() { [ -e "$state/loaded" ] || {
  echo "ERROR: The system cannot find the file specified." >&2; exit 1; }; }
case "$verb" in
/query) known; cat "$state/loaded" ;;
/create) [ "$4" = /xml ] && [ "$6" = /f ] || exit 9
  cp "$5" "$state/loaded" ;;
/delete) known; [ "$4" = /f ] || exit 9
  rm -f "$state/loaded" ;;
/run) known
  [ -e "$state/running" ] || { touch "$state/running"; echo >> "$state/starts"; } ;;
/end) known; rm -f "$state/running" ;;
*) exit 9 ;;
esac
"""

POWERSHELL = """
case "$*" in *Get-ScheduledTask*) ;; *) exit 9 ;; esac
[ -e "$state/loaded" ] || exit 1
if [ -e "$state/running" ]; then echo 4; else echo 3; fi
"""


class Manager:
    """A fake service manager: its state and the calls that it got."""

    def __init__(self, programs: Programs, name: str) -> None:
        self._programs = programs
        self._name = name
        self.state = programs.folder / "state"
        self.state.mkdir()

    def put(self, name: str, script: str) -> None:
        self._programs.put(name, f'state="{self.state}"\n{script}')

    def commands(self) -> list[str]:
        """The calls that change something, without the queries."""
        questions = ("--version", "is-active", "print", "/query")
        calls = self._programs.calls(self._name)
        return [call for call in calls if not any(word in call for word in questions)]

    @property
    def loaded(self) -> bytes | None:
        file = self.state / "loaded"
        return file.read_bytes() if file.exists() else None

    @property
    def is_running(self) -> bool:
        return (self.state / "running").exists()

    @property
    def starts(self) -> int:
        file = self.state / "starts"
        return file.read_text().count("\n") if file.exists() else 0

    @property
    def is_enabled(self) -> bool:
        return (self.state / "enabled").exists()

    def end_service(self) -> None:
        """The service ends by itself."""
        (self.state / "running").unlink()

    def break_down(self) -> None:
        """From now on, it refuses everything."""
        (self.state / "broken").touch()


def systemd(programs: Programs, version: int = 254) -> Manager:
    manager = Manager(programs, "systemctl")
    manager.put("systemctl", SYSTEMCTL.replace("VERSION", str(version)))
    return manager


def launchd(programs: Programs) -> Manager:
    manager = Manager(programs, "launchctl")
    manager.put("launchctl", LAUNCHCTL)
    return manager


def task_scheduler(programs: Programs) -> Manager:
    manager = Manager(programs, "schtasks")
    manager.put("schtasks", SCHTASKS)
    manager.put("powershell", POWERSHELL)
    return manager

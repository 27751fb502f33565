"""The program's files and folders; `COMPANION_HOME` puts all of them in one folder."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from companion.errors import StoreError

APP = "companion"
HOME_VARIABLE = "COMPANION_HOME"


@dataclass(frozen=True, slots=True)
class Paths:
    """The files and folders of one user.

    Attributes:
        config: the settings, a TOML file.
        state: the folder of database and log; only the user may enter it.
        cache: the folder of files that can be made again.
        runtime: the folder of the agent's socket; only the user may enter it.
    """

    config: Path
    state: Path
    cache: Path
    runtime: Path

    @property
    def database(self) -> Path:
        return self.state / "companion.db"

    @property
    def log(self) -> Path:
        return self.state / "companion.log"

    @property
    def lock(self) -> Path:
        return self.state / "agent.lock"

    @property
    def socket(self) -> Path:
        return self.runtime / "agent.sock"

    def make(self) -> None:
        """Make the folders, closed to other users.

        Raises:
            StoreError: a folder cannot be made.
        """
        for folder in (self.state, self.cache, self.runtime):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if os.name == "posix" and stat.S_IMODE(folder.stat().st_mode) & 0o077:
                    folder.chmod(0o700)  # it was there before
            except OSError as error:
                raise StoreError(
                    f"The folder {folder} cannot be made: {error.strerror}.",
                    "Set COMPANION_HOME to a folder that you may write to.",
                ) from error


def expand(path: str | Path) -> Path:
    """Return a path as a person may write it: ~ is the user's own folder.

    A ~ that stands for nobody's folder stays as it is: there is no such file then.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def is_file(path: Path) -> bool:
    """Return True for a file, no pipe and no device; False too where nobody can tell.

    `Path.is_file` raises for a name that is too long, or lies where the user may not look.
    """
    return os.path.isfile(path)  # noqa: PTH113 - never raises


def is_folder(path: Path) -> bool:
    """Return True for a folder; False too where nobody can tell."""
    return os.path.isdir(path)  # noqa: PTH112 - never raises


def find_paths() -> Paths:
    """Return the platform's own folders, or those under `COMPANION_HOME` where it is set."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        root = expand(home).absolute()
        return Paths(root / "config.toml", root / "state", root / "cache", root / "run")
    dirs = platformdirs.PlatformDirs(APP, appauthor=False)
    return Paths(
        Path(dirs.user_config_dir) / "config.toml",
        Path(dirs.user_state_dir),
        Path(dirs.user_cache_dir),
        _find_runtime() or Path(dirs.user_state_dir) / "run",
    )


def _find_runtime() -> Path | None:
    """Return the folder that exists as long as the user is signed in, as on Linux."""
    if os.name != "posix":
        return None
    folder = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    return folder / APP if folder.is_absolute() and is_folder(folder) else None

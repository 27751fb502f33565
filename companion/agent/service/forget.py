"""Forgetting: what it names is gone from the database, its copies and the log."""

import shutil
from collections.abc import Collection
from pathlib import Path

from companion.agent.service.instance import only_instance
from companion.errors import AgentRunning, KeyringMissing, StoreError
from companion.log import clear_log, stop_log
from companion.paths import Paths
from companion.store.database import open_database
from companion.store.forget import Kind, backups, forget


def forget_kinds(paths: Paths, kinds: Collection[Kind]) -> dict[Kind, int]:
    """Forget what the kinds name; says how many rows went.

    The backups of the database and the log tell of all of them, and go too. A running
    agent is not in the way, unless it writes for seconds on end.

    Raises:
        StoreError: the database cannot be used, or another process is at work on it.
    """
    gone = dict.fromkeys(kinds, 0)
    if paths.database.exists():
        with open_database(paths.database) as db:
            gone = forget(db, kinds)
    try:
        for copy in backups(paths.database):
            copy.unlink(missing_ok=True)
        clear_log(paths.log)
    except OSError as error:
        raise _cannot_remove(error, paths.state) from error
    return gone


def forget_all(paths: Paths) -> bool:
    """Remove the database, the log, the caches and the sign-in; whether there was a sign-in.

    The settings stay: the user wrote them.

    Raises:
        AgentRunning: an agent is at work; nothing was removed.
        StoreError: a folder cannot be removed.
        KeyringMissing: the keyring does not answer; all but the sign-in is gone.
    """
    from companion.spotify.auth.credentials import CredentialStore

    _check_no_agent(paths)
    stop_log()
    for folder in (paths.state, paths.cache, paths.runtime):
        _remove(folder, paths.config)
    try:
        return CredentialStore().forget()
    except KeyringMissing as error:
        raise KeyringMissing(
            f"Everything was deleted but the sign-in, if there is one: {error}", error.remedy
        ) from error


def _check_no_agent(paths: Paths) -> None:
    if not paths.lock.exists():
        return
    try:
        with only_instance(paths.lock):
            pass
    except AgentRunning:
        raise AgentRunning(
            "The agent is running, and still has these files open.",
            "Stop it first: `companion service uninstall`, or Ctrl-C if you started it by hand.",
        ) from None


def _remove(folder: Path, kept: Path) -> None:
    """Remove a folder but for the settings: on macOS and Windows they lie beside the state."""
    try:
        for path in folder.iterdir() if folder.exists() else ():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path != kept:
                path.unlink()
        if folder.exists() and not any(folder.iterdir()):
            folder.rmdir()
    except OSError as error:
        raise _cannot_remove(error, folder) from error


def _cannot_remove(error: OSError, folder: Path) -> StoreError:
    return StoreError(
        f"{error.filename or folder} cannot be removed: {error.strerror}.",
        "Remove it yourself, or run the command again.",
    )

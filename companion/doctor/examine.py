"""The whole examination: every check is made, even if another one breaks."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from companion.config.file import load_config
from companion.config.schema import Config
from companion.doctor import account, background, machine, storage
from companion.doctor.check import CameraUse, Check, Checker, Level, Subject, fail
from companion.errors import CompanionError, ConfigError
from companion.log import redact
from companion.paths import Paths

CHECKERS: Mapping[str, Checker] = {
    "Python": machine.check_python,
    "Packages": machine.check_packages,
    "Libraries": machine.check_libraries,
    "Models": storage.check_models,
    "Camera": machine.check_camera,
    "Clock": machine.check_clock,
    "Disk": storage.check_disk,
    "Folders": storage.check_folders,
    "Settings": storage.check_config,
    "Database": storage.check_database,
    "Keyring": account.check_keyring,
    "Spotify app": account.check_app,
    "Sign-in": account.check_sign_in,
    "Quota": account.check_quota,
    "Clips": account.check_clips,
    "Library": account.check_library,
    "Service": background.check_service,
    "Agent": background.check_agent,
}
_logger = logging.getLogger(__name__)


def examine(
    paths: Paths,
    now: datetime,
    *,
    camera_use: CameraUse | None = None,
    checkers: Mapping[str, Checker] = CHECKERS,
) -> list[Check]:
    """Check everything; change nothing, and ask nothing of the network.

    No finding holds a token, the Client ID or the user's home folder by name.
    """
    subject = Subject(paths, _settings(paths), now, camera_use)
    return [_check(name, checker, subject) for name, checker in checkers.items()]


def worst(checks: Iterable[Check]) -> Level:
    """The most severe level of all; OK where there are no checks."""
    return max((check.level for check in checks), key=list(Level).index, default=Level.OK)


def _settings(paths: Paths) -> Config:
    try:
        return load_config(paths.config)
    except ConfigError:  # which `check_config` tells
        return Config()


def _check(name: str, checker: Checker, subject: Subject) -> Check:
    try:
        found = checker(subject)
    except CompanionError as error:
        found = fail(str(error), error.remedy)
    except Exception as error:
        _logger.exception("the check %s broke", name)
        text = f"this check broke: {type(error).__name__}: {error}"
        found = fail(text, "Please report it as a bug.")
    return Check(name, found.level, _public(found.text), _public(found.remedy))


def _public(text: str) -> str:
    return redact(text).replace(str(Path.home()), "~")

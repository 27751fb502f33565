"""The whole examination: every check is made, even if another one breaks."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from companion.config.file import load_config
from companion.config.schema import Config
from companion.doctor.account import (
    check_app,
    check_clips,
    check_keyring,
    check_library,
    check_quota,
    check_sign_in,
)
from companion.doctor.background import check_agent, check_service
from companion.doctor.check import CameraUse, Check, Checker, Finding, Level, Subject, fail
from companion.doctor.machine import (
    check_camera,
    check_clock,
    check_libraries,
    check_packages,
    check_python,
)
from companion.doctor.storage import (
    check_config,
    check_database,
    check_disk,
    check_folders,
    check_models,
)
from companion.errors import CompanionError, ConfigError
from companion.log import redact
from companion.paths import Paths

CHECKERS: Mapping[str, Checker] = {
    "Python": check_python,
    "Packages": check_packages,
    "Libraries": check_libraries,
    "Models": check_models,
    "Camera": check_camera,
    "Clock": check_clock,
    "Disk": check_disk,
    "Folders": check_folders,
    "Settings": check_config,
    "Database": check_database,
    "Keyring": check_keyring,
    "Spotify app": check_app,
    "Sign-in": check_sign_in,
    "Quota": check_quota,
    "Clips": check_clips,
    "Library": check_library,
    "Service": check_service,
    "Agent": check_agent,
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

    No finding holds a token, the client id or the user's home folder by name.
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
        found = _broken(error)
    return Check(name, found.level, _public(found.text), _public(found.remedy))


def _broken(error: Exception) -> Finding:
    return fail(f"this check broke: {type(error).__name__}: {error}", "Please report it as a bug.")


def _public(text: str) -> str:
    return redact(text).replace(str(Path.home()), "~")

"""The checks of what lies on the disk: models, settings, folders, the database."""

import os
import shutil
import stat
import sys
from pathlib import Path

from companion.config.file import load_config
from companion.doctor.check import Finding, Subject, fail, ok, warn
from companion.paths import is_folder
from companion.store.database import migrations, open_readonly, schema_version
from companion.weights import list_models, open_model

MODELS = ("face_detector", "face_mood", "track_mood")
MEGABYTE = 1_000_000
LEAST_FREE = 50 * MEGABYTE
LITTLE_FREE = 500 * MEGABYTE


def check_models(_: Subject) -> Finding:
    """Check that each model is there, and that each of its files has its hash."""
    models = [open_model(name) for name in sorted({*MODELS, *list_models()})]
    return ok(f"{', '.join(model.label for model in models)}: all hashes match")


def check_config(subject: Subject) -> Finding:
    """Check that the settings can be read, those in the environment too."""
    file = subject.paths.config
    load_config(file)
    if not file.exists():
        return ok(f"no {file}: the defaults apply")
    return ok(f"{file} is valid")


def check_folders(subject: Subject) -> Finding:
    """Check that the state folder can be written, and only by this user."""
    paths = subject.paths
    for other in (paths.state, paths.cache, paths.runtime):
        if os.path.lexists(other) and not is_folder(other):
            return fail(f"{other} is not a folder", "Move it away: a folder is made there.")
    folder = paths.state
    if not folder.exists():
        above = _nearest(folder)
        if not os.access(above, os.W_OK | os.X_OK):
            return fail(
                f"{folder} is not there, and {above} may not be written to",
                "Set COMPANION_HOME to a folder that you may write to.",
            )
        return ok(f"{folder} will be made when it is needed")
    if not os.access(folder, os.W_OK | os.X_OK):
        return fail(f"{folder} may not be written to", f"Make it writable: chmod u+rwx {folder}")
    if sys.platform != "win32" and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return warn(f"{folder} is open to other users", f"Make it private: chmod 700 {folder}")
    return ok(f"{folder} is private" if sys.platform != "win32" else f"{folder} is there")


def check_disk(subject: Subject) -> Finding:
    """Check that there is room for the database and the log."""
    folder = _nearest(subject.paths.state)
    free = shutil.disk_usage(folder).free
    found = f"{free / MEGABYTE:,.0f} MB free at {folder}"
    if free < LEAST_FREE:
        return fail(found, "Free some space: nothing can be stored.")
    if free < LITTLE_FREE:
        return warn(found, "Free some space soon.")
    return ok(found)


def check_database(subject: Subject) -> Finding:
    """Check that the database is whole, and of a schema that this program knows."""
    file = subject.paths.database
    if not file.exists():
        return ok("there is none yet")
    with open_readonly(file) as db:
        version, newest = schema_version(db), max(migrations())
        flaws = [row[0] for row in db.execute("PRAGMA quick_check(1)")]
    found = f"schema {version}, {file.stat().st_size / MEGABYTE:.1f} MB"
    if flaws != ["ok"]:
        return fail(f"{found}, damaged: {flaws[0]}", "Restore the newest backup beside it.")
    if version > newest:
        return fail(
            f"{found}, from a newer companion ({newest} is known)", "Install the newest companion."
        )
    if version < newest:
        return ok(f"{found}; the next command upgrades it to {newest}")
    return ok(f"{found}, whole")


def _nearest(path: Path) -> Path:
    """The path itself, or the folder nearest above it that is there."""
    return next(one for one in (path, *path.parents) if one.exists())

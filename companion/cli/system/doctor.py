"""`companion doctor`: what is in order, what is not, and what to do about it."""

import contextlib
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from companion.cli.camera import logged_use
from companion.cli.home import open_home
from companion.cli.output import Json, console, print_json
from companion.doctor.check import CameraUse, Check, Level
from companion.errors import CompanionError
from companion.paths import find_paths

SCHEMA = 1


def doctor(
    *,
    camera: Annotated[
        bool, typer.Option("--camera", help="Open the camera for one frame, and record it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say what is in order, what is not, and what to do about it.

    Nothing is changed and Spotify is not asked; only a use of --camera is recorded, for
    `companion history`. The output holds no token and can be shared. The exit code is 1 if a
    check fails.
    """
    from companion.doctor.examine import examine, worst

    use = _camera_use() if camera else None
    checks = examine(find_paths(), datetime.now(UTC), camera_use=use)
    if as_json:
        level = worst(checks)
        print_json({"schema": SCHEMA, "worst": level, "checks": [asdict(one) for one in checks]})
    else:
        _show(checks)
    raise typer.Exit(worst(checks) is Level.FAIL)


def _camera_use() -> CameraUse:
    """Make what keeps the use of the camera, if the home is in order; the checks tell if not."""
    try:
        home = open_home()
    except CompanionError:
        return contextlib.nullcontext
    return lambda: logged_use(home.config.camera.index, home, "doctor")


def _show(checks: list[Check]) -> None:
    from rich.table import Table
    from rich.text import Text

    colours = {"OK": "green", "WARN": "yellow", "FAIL": "bold red"}
    table = Table.grid(padding=(0, 2, 0, 0))
    for check in checks:
        finding = Text(check.finding)
        if check.remedy:
            finding.append(f"\n→ {check.remedy}", style="bold")
        table.add_row(Text(check.level, style=colours[check.level]), check.name, finding)
    count = Counter(check.level.value for check in checks)
    told = f"{count['FAIL']} failed, {count['WARN']} to look at, {count['OK']} in order."
    screen = console()
    screen.print(table)
    screen.print("\n" + (told if count["WARN"] or count["FAIL"] else "Everything is in order."))

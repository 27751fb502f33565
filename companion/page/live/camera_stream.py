"""The live picture of Setup: the only answer of the page that holds a frame.

It is asked for while the step is open and ends with it; nothing is written, and no cache may keep
it. A process of its own opens the camera and finds the face, so that the page stays small.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

from companion.errors import CompanionError
from companion.page.context import Context
from companion.store.history.visits import CameraUse, drop_camera_use, save_camera_use

COMMAND = (sys.executable, "-P", "-m", "companion.page.live.camera_process")
MOST_BYTES = 1024 * 1024  # of a line
LONGEST_SECONDS = 300.0  # a step that is forgotten does not hold the camera for ever
USE = "open"  # the name of the command in the log of uses


async def stream_camera(
    context: Context, command: tuple[str, ...] = COMMAND, longest: float = LONGEST_SECONDS
) -> AsyncIterator[bytes]:
    """Yield a line of JSON for each frame, or one with the problem."""
    try:
        settings = context.config.camera
    except CompanionError as error:
        yield _problem(str(error), error.remedy)
        return
    if not settings.enabled:
        yield _problem("camera.enabled is false in your settings.", "Allow the camera first.")
        return
    use = CameraUse(context.now(), USE)
    await asyncio.to_thread(_keep, context, use)
    process = await asyncio.create_subprocess_exec(
        *command,
        str(settings.index),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        limit=MOST_BYTES,
    )
    end = context.now() + timedelta(seconds=longest)
    missing = False
    try:
        while process.stdout and (line := await process.stdout.readline()):
            missing |= b'"missing": true' in line
            yield line
            if context.now() >= end:
                return
    finally:
        if process.returncode is None:
            process.kill()
        await asyncio.shield(process.wait())
        await asyncio.to_thread(_end, context, use, missing=missing)


def _problem(problem: str, remedy: str) -> bytes:
    return json.dumps({"problem": problem, "remedy": remedy}).encode() + b"\n"


def _keep(context: Context, use: CameraUse) -> None:
    with context.store() as db:
        save_camera_use(db, use)


def _end(context: Context, use: CameraUse, *, missing: bool) -> None:
    """Keep how long the camera was used; one that is missing was never opened."""
    seconds = (context.now() - use.at) / timedelta(seconds=1)
    with context.store() as db:
        if missing:
            drop_camera_use(db, use)
        else:
            save_camera_use(db, replace(use, seconds=seconds))

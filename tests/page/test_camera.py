"""The live picture: only while it is asked for, only with permission, kept as a use."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import psutil
import pytest

from companion.face.camera import Frame, Shot, Source
from companion.face.detect import Face
from companion.page.context import Context
from companion.page.live.camera_process import describe_frame, look
from companion.page.live.camera_stream import stream_camera
from companion.page.tabs import setup
from companion.store.history.visits import camera_uses_between

FRAME = np.full((240, 320, 3), 90, np.uint8)
ENDLESS = (
    sys.executable,
    "-c",
    'import time\nwhile True:\n print(\'{"picture": ""}\', flush=True)\n time.sleep(0.05)',
)
MISSING = (sys.executable, "-c", 'print(\'{"problem": "gone", "missing": true}\')')


def uses(context: Context) -> list[str]:
    now = datetime.now(UTC)
    with context.store() as db:
        found = camera_uses_between(db, now - timedelta(minutes=5), now + timedelta(minutes=5))
    return [use.command for use in found]


async def take(context: Context, command: tuple[str, ...], most: int) -> list[dict[str, object]]:
    lines = []
    stream = stream_camera(context, command)
    async for line in stream:
        lines.append(json.loads(line))
        if len(lines) == most:
            break
    await stream.aclose()  # type: ignore[attr-defined]  # it is a generator
    return lines


def test_it_ends_with_its_process_when_nobody_looks(context: Context) -> None:
    lines = asyncio.run(take(context, ENDLESS, 3))
    assert len(lines) == 3
    assert uses(context) == ["open"]
    assert not psutil.Process().children()


def test_a_missing_camera_is_no_use(context: Context) -> None:
    assert asyncio.run(take(context, MISSING, 5))[0]["problem"] == "gone"
    assert uses(context) == []


def test_without_permission_nothing_is_opened(context: Context) -> None:
    setup.set_camera(context, {"allowed": False})
    (line,) = asyncio.run(take(context, ENDLESS, 5))
    assert "camera.enabled" in str(line["problem"])
    assert uses(context) == []


def test_a_frame_has_its_picture_boxes_and_light() -> None:
    face = Face(width=80.0, right_eye=(140.0, 100.0), left_eye=(180.0, 100.0), score=0.9)
    shown = describe_frame(FRAME, [face])
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(shown["picture"]), np.uint8), 1)
    assert picture is not None
    assert picture.shape == (360, 480, 3)
    assert shown["brightness"] == pytest.approx(90)
    (box,) = shown["faces"]
    assert box["left"] == pytest.approx((160 - 40) / 320)
    assert box["left"] < 140 / 320 < 180 / 320 < box["left"] + box["width"]
    assert box["top"] < 100 / 240 < box["top"] + box["height"]


@pytest.mark.slow
def test_frames_of_a_camera_are_described() -> None:
    class Camera:
        def __init__(self) -> None:
            self._left: list[Frame] = [FRAME] * 3

        def read(self) -> Shot | None:
            if not self._left:
                raise_missing()
            return Shot(3.0 - len(self._left), self._left.pop())

        def close(self) -> None:
            pass

    opener: Callable[[Source], Camera] = lambda source: Camera()  # noqa: E731 - a stand-in
    lines = list(look(0, opener))
    assert [bool(line.get("picture")) for line in lines] == [True] * 3 + [False]
    assert lines[-1]["missing"]


def raise_missing() -> None:
    from companion.errors import CameraMissing

    raise CameraMissing("It was pulled out.")

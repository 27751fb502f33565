"""The camera as commands use it: its source, the user's permission, and the log of its uses."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from companion.affect import FaceProfile, FaceReading
from companion.cli.home import Home
from companion.config.file import find_problem
from companion.errors import CameraDenied, CameraMissing
from companion.store.face.profile import read_profile
from companion.store.history.visits import CameraUse, drop_camera_use, save_camera_use
from companion.weights import open_model

LONGEST_NUMBER = 9  # digits

Source = Annotated[
    str | None, typer.Option(metavar="N|FILE", help="A camera's number or a video file.")
]


def parse_source(text: str | None, home: Home) -> int | Path:
    """Read a source: a number is a camera, None the configured camera, anything else a file.

    A number beyond all cameras' raises CameraMissing.
    """
    if text is None:
        return home.config.camera.index
    if not (text.isascii() and text.isdigit()):
        return Path(text)
    if len(text) > LONGEST_NUMBER or find_problem("camera", "index", int(text)):
        raise CameraMissing(
            f"There is no camera {text[:LONGEST_NUMBER]}; the highest number is 63."
        )
    return int(text)


def is_allowed(source: int | Path, home: Home) -> bool:
    """Tell whether the user allows the source to be opened now; a file needs no permission."""
    from companion.agent.visit.conditions import may_look

    return isinstance(source, Path) or may_look(home.config.camera, datetime.now(UTC))


def check_allowed(source: int | Path, home: Home) -> None:
    """See that the source may be opened and, if it is a file, that it is a video.

    Raises:
        CameraDenied: the settings keep the camera shut, at all or at this hour.
        SourceUnreadable: the file is missing or is no video.
    """
    from companion.face.camera import check_source

    if not is_allowed(source, home):
        if home.config.camera.enabled:
            raise CameraDenied(
                f"camera.hours lets the camera be opened within {home.config.camera.hours} only.",
                "Wait, or change it with `companion config set camera.hours`.",
            )
        raise CameraDenied(
            "camera.enabled is false in your settings.",
            "Set it to true, or run `companion setup --camera`.",
        )
    check_source(source)


def check_limit(source: int | Path, home: Home) -> None:
    """See that a look that is no visit leaves the camera within its limits; a file is in none.

    Raises:
        CameraDenied: it was opened as often as the settings allow.
    """
    from companion.agent.visit.conditions import reached_limit

    if isinstance(source, Path):
        return
    with home.store() as db:
        reached = reached_limit(db, home.config.agent, datetime.now(UTC))
    if reached:
        raise CameraDenied(
            f"The camera was opened as often as your settings allow: {reached[1]}.",
            "Wait, or raise agent.most_an_hour or agent.most_a_day with `companion config set`.",
        )


@contextlib.contextmanager
def logged_use(source: int | Path, home: Home, command: str) -> Iterator[None]:
    """Keep for `companion history` that a command opens the camera in the `with`, and how long.

    It is kept beforehand, in case the program is killed. A file is no camera, and a camera
    that is missing is never opened: neither is kept.
    """
    if isinstance(source, Path):
        yield
        return
    from companion.face.camera import seconds_open

    use, before = CameraUse(datetime.now(UTC), command), seconds_open()
    with home.store() as db:
        save_camera_use(db, use)
    missing = False
    try:
        yield
    except CameraMissing:
        missing = True
        raise
    finally:
        with home.store() as db:
            if missing:
                drop_camera_use(db, use)
            else:
                save_camera_use(db, replace(use, seconds=seconds_open() - before))


def own_profile(home: Home) -> FaceProfile:
    """Read what is known of the user's face."""
    with home.store() as db:
        return read_profile(db, open_model("face_adaptation").label)


def look(home: Home, source: int | Path) -> FaceReading:
    """Read the mood, the network first; raise a CameraError or a ModelError."""
    from companion.agent.models.face import open_face_reader
    from companion.face.camera import capture, seconds_open

    with open_face_reader(own_profile(home)) as reader:
        before = seconds_open()
        frames = list(capture(source, home.config.camera.seconds))
        return replace(reader.read(frames), camera_seconds=seconds_open() - before)

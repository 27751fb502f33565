"""`companion once`: one visit, now."""

from __future__ import annotations

from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Annotated

import typer

from companion.cli.home import Home, open_home
from companion.cli.output import Json, print_json
from companion.cli.visit.describe import describe_visit, show_visit
from companion.errors import CameraDenied

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from companion.affect import Baseline, FaceReading
    from companion.agent.visit.visit import VisitResult
    from companion.spotify.client import SpotifySession

Source = Annotated[
    str | None,
    typer.Option(metavar="N|FILE", help="A camera's number or a video file."),
]


def once(
    *,
    source: Source = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Look and choose, but ask Spotify nothing and store nothing."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Look at the face once, choose a track that fits and queue it."""
    from contextlib import nullcontext

    from companion.agent.quota import open_spotify
    from companion.face.camera import check_source

    home = open_home()
    where = parse_source(source, home)
    check_source(where)

    def watch() -> FaceReading:
        if dry_run:  # a visit tells of its camera itself
            note_camera(where, home, "once --dry-run")
        return look(home, source)

    with (
        home.store() as db,
        nullcontext() if dry_run else open_spotify(db, home.config.spotify) as session,
    ):
        may_look = home.config.camera.enabled or isinstance(where, Path)
        result = run_visit(home, db, session, watch, may_look=may_look)
    if as_json:
        print_json(describe_visit(result))
    else:
        show_visit(result)
    if result.error:
        raise result.error


def run_visit(
    home: Home,
    db: sqlite3.Connection,
    session: SpotifySession | None,
    look: Callable[[], FaceReading],
    *,
    may_look: bool = True,
) -> VisitResult:
    """Make a visit with this home's settings; without a session a dry run."""
    from companion.agent.visit.visit import Rooms, visit
    from companion.weights import open_model

    rooms = Rooms(
        db=db,
        spotify=session,
        look=look,
        face_model=open_model("face_mood").label,
        settings=home.config.choose,
        rng=SystemRandom(),
        may_look=may_look,
    )
    return visit(rooms)


def look(home: Home, source: str | None) -> FaceReading:
    """Open the camera or the file and read the mood. The network is ready before the camera opens.

    Raises:
        CameraError: no picture.
        ModelError: weights are missing or damaged.
    """
    from companion.face.camera import capture
    from companion.face.read import FaceReader

    with FaceReader(baseline=own_baseline(home)) as reader:
        frames = list(capture(parse_source(source, home), home.config.camera.seconds))
        return reader.read(frames)


def own_baseline(home: Home) -> Baseline | None:
    """The user's resting face, where one was taken."""
    from companion.store.face import read_baseline

    with home.store() as db:
        kept = read_baseline(db)
    return kept[0] if kept else None


def check_allowed(source: int | Path, home: Home) -> None:
    """See that the user allows the camera; a file needs no leave.

    Raises:
        CameraDenied: the settings keep it shut.
    """
    if not (home.config.camera.enabled or isinstance(source, Path)):
        raise CameraDenied(
            "camera.enabled is false in your settings.",
            "Set it to true, or run `companion setup --camera`.",
        )


def note_camera(source: int | Path, home: Home, command: str) -> None:
    """Keep that a command opens the camera, for `companion history`; a file is no camera."""
    from datetime import UTC, datetime

    from companion.store.visits import CameraUse, save_camera_use

    if isinstance(source, int):
        with home.store() as db:
            save_camera_use(db, CameraUse(datetime.now(UTC), command))


def parse_source(text: str | None, home: Home) -> int | Path:
    """A camera's number where it is one, the configured camera where there is none, else a file."""
    if text is None:
        return home.config.camera.index
    return int(text) if text.isascii() and text.isdigit() else Path(text)

"""`companion once`: one visit, now."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import nullcontext
from random import SystemRandom
from typing import TYPE_CHECKING, Annotated

import typer

from companion.affect import FaceReading
from companion.cli import camera
from companion.cli.camera import Source
from companion.cli.home import Home, open_home
from companion.cli.library.tagging_progress import tagging_progress
from companion.cli.output import Json, print_json
from companion.cli.visit.describe import describe_visit, exit_code, show_visit
from companion.weights import open_model

if TYPE_CHECKING:
    from companion.agent.visit.visit import VisitResult
    from companion.spotify.client import SpotifySession


def once(
    *,
    source: Source = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Look and choose, without calling Spotify or storing anything."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Look at the face once, choose a track that fits and queue it.

    If the camera must stay off, your mood is read from what you listen to. The exit code is 1
    if no visit was made, for example because nothing is playing.
    """
    from companion.agent.quota import open_spotify

    home = open_home()
    where = camera.parse_source(source, home)
    may_look = camera.is_allowed(where, home)
    if may_look:
        camera.check_allowed(where, home)

    def look() -> FaceReading:
        # a visit keeps the use of its camera itself; a dry run keeps no visit
        with camera.logged_use(where, home, "once --dry-run") if dry_run else nullcontext():
            return camera.look(home, where)

    with (
        home.store() as db,
        nullcontext() if dry_run else open_spotify(db, home.config.spotify) as session,
    ):
        result = run_visit(home, db, session, look, may_look=may_look)
        more = tagging_progress(db, home)
    if as_json:
        print_json(describe_visit(result))
    else:
        show_visit(result)
        if more:
            typer.echo(f"Picked from what is tagged so far: {more}.", err=True)
    if result.error:
        raise result.error
    raise typer.Exit(exit_code(result.outcome.kind if result.outcome else "dry_run"))


def run_visit(
    home: Home,
    db: sqlite3.Connection,
    session: SpotifySession | None,
    look: Callable[[], FaceReading],
    *,
    may_look: bool = True,
) -> VisitResult:
    """Make a visit with this home's settings; without a session a dry run."""
    from companion.agent.visit.conditions import LITTLE_KNOWN
    from companion.agent.visit.visit import Dependencies, visit

    needs = Dependencies(
        db=db,
        spotify=session,
        look=look,
        face_model=open_model("face_mood").label if may_look else "",
        config=home.config,
        rng=SystemRandom(),
        shut=None if may_look else LITTLE_KNOWN,
    )
    return visit(needs)

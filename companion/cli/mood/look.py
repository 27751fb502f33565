"""`companion look`: the mood over time, of a video or before the camera."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from companion.cli.camera import (
    Source,
    check_allowed,
    check_limit,
    logged_use,
    own_profile,
    parse_source,
)
from companion.cli.home import open_home
from companion.cli.mood.timeline import Followed, describe, show, word_of
from companion.cli.output import Dark, Json, console, palette, print_json, say_drawn
from companion.plots import check_file

if TYPE_CHECKING:
    from companion.affect import FaceProfile
    from companion.face.follow import Moment

CAMERA_SECONDS = 20.0  # the length of a look through a camera, which has no end


def look(
    *,
    source: Source = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0.5,
            max=3600,
            help="How long; default: a whole file, 20 s of a camera.",
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it: PNG, SVG or PDF.")
    ] = None,
    dark: Dark = False,
    as_json: Json = False,
) -> None:
    """Show the mood of a face over time. Nothing of it is kept, and Spotify is not asked.

    Ctrl-C ends it and shows what was seen so far.
    """
    if plot:
        check_file(plot)
    home = open_home()
    where = parse_source(source, home)
    check_allowed(where, home)
    check_limit(where, home)
    if seconds is None and isinstance(where, int):
        seconds = CAMERA_SECONDS
    with logged_use(where, home, "look"):
        followed = _follow(where, seconds, own_profile(home))
    if plot:
        from companion.cli.mood.look_plot import draw_moods

        draw_moods(followed, plot, palette(dark=dark))
        say_drawn(plot)
    if as_json:
        print_json(describe(followed))
    else:
        show(followed)


def _follow(source: int | Path, seconds: float | None, profile: FaceProfile) -> Followed:
    from companion.agent.models.face import open_face_reader
    from companion.face.camera import shoot
    from companion.face.follow import RATE, follow

    name = source.name if isinstance(source, Path) else f"camera {source}"
    moments: list[Moment] = []
    with (
        open_face_reader(profile) as reader,
        contextlib.closing(shoot(source, seconds, rate=RATE)) as shots,
        console(stderr=True).status("Looking ...") as line,
        contextlib.suppress(KeyboardInterrupt),
    ):
        for moment in follow(reader, shots):
            moments.append(moment)
            line.update(f"{moment.time:.1f} s  {word_of(moment.reading)}")
    return Followed(name, reader.label, reader.is_adapted, moments)

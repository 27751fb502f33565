"""`companion look`: the mood over time, of a video or before the camera."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from companion.cli.home import open_home
from companion.cli.mood.timeline import Followed, describe, show, word_of
from companion.cli.output import Json, console, print_json
from companion.cli.visit.once import Source, check_allowed, note_camera, own_baseline, parse_source

if TYPE_CHECKING:
    from companion.affect import Baseline
    from companion.face.follow import Moment

CAMERA_SECONDS = 20.0  # of a camera, which has no end


def look(
    *,
    source: Source = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0.5,
            max=3600,
            help="How long; else all of a file, 20 s of a camera.",
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it: PNG, SVG or PDF.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the mood of a face over time. Nothing of it is kept, and Spotify is not asked.

    Ctrl-C ends it and shows what was seen until then.
    """
    from companion.face.camera import check_source
    from companion.plots import check_file

    if plot:
        check_file(plot)
    home = open_home()
    where = parse_source(source, home)
    check_allowed(where, home)
    check_source(where)
    note_camera(where, home, "look")
    if seconds is None and isinstance(where, int):
        seconds = CAMERA_SECONDS
    baseline = own_baseline(home)
    followed = _follow(where, seconds, baseline)
    if baseline and not followed.corrected:
        typer.echo(
            "Your resting face is of older weights. Once more: companion calibrate", err=True
        )
    if plot:
        from companion.cli.mood.look_plot import draw_moods

        draw_moods(followed, plot)
    if as_json:
        print_json(describe(followed))
    else:
        show(followed)


def _follow(source: int | Path, seconds: float | None, baseline: Baseline | None) -> Followed:
    from companion.face.camera import shoot
    from companion.face.follow import RATE, follow
    from companion.face.read import FaceReader

    name = source.name if isinstance(source, Path) else f"camera {source}"
    moments: list[Moment] = []
    with (
        FaceReader(baseline=baseline) as reader,
        contextlib.closing(shoot(source, seconds, rate=RATE)) as shots,
        console(stderr=True).status("Looking ...") as line,
        contextlib.suppress(KeyboardInterrupt),
    ):
        for moment in follow(reader, shots):
            moments.append(moment)
            line.update(f"{moment.time:.1f} s  {word_of(moment.reading)}")
    return Followed(name, reader.label, reader.is_corrected, moments)

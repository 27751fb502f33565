"""`companion calibrate`: the user's resting face, by which readings are corrected."""

from __future__ import annotations

import contextlib
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from companion.affect import Emotion
from companion.cli.camera import Source, check_allowed, logged_use, parse_source
from companion.cli.home import Home, open_home
from companion.cli.output import Json, bar, console, print_json

if TYPE_CHECKING:
    from companion.affect import Baseline, FaceReading

WINDOW = 16  # frames of a look, which are two seconds, as in a visit
EVERY = 4  # frames between two looks


def calibrate(
    *,
    seconds: Annotated[
        float, typer.Option(metavar="SECONDS", min=4, max=60, help="How long to look.")
    ] = 10.0,
    source: Source = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget what was taken; readings are as they were.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Take your resting face, by which readings are corrected.

    Sit as usual and do nothing with your face. Eight numbers are kept, and no picture; a
    second time replaces them, --reset forgets them.
    """
    home = open_home()
    if reset:
        _forget(home, as_json=as_json)
        return
    taken, corrected = _take(home, source, seconds)
    if as_json:
        emotions = _both(taken, corrected)
        print_json({"model": taken.model, "looks": taken.looks, "emotions": emotions})
        return
    screen = console()
    screen.print(f"Your resting face in {taken.looks} looks, and how it reads from now on:\n")
    for name, shares in _both(taken, corrected).items():
        before, after = shares["before"], shares["after"]
        screen.print(
            f"  {name:10} {before:5.1%} {bar(before, 20):20}  {after:5.1%} {bar(after, 20)}"
        )
    screen.print("\nThese eight numbers are kept; `companion calibrate --reset` forgets them.")


def _take(home: Home, source: str | None, seconds: float) -> tuple[Baseline, list[float]]:
    """Take the baseline and keep it; give it with the corrected reading of the resting face."""
    import numpy as np

    from companion.face.baseline import correct, read_reference
    from companion.face.model import NAME
    from companion.face.resting import take_baseline
    from companion.store.face import save_baseline
    from companion.weights import open_model

    where = parse_source(source, home)
    check_allowed(where, home)
    model = open_model(NAME)
    reference = read_reference(model)  # before the camera opens: without it, nothing comes of it
    with logged_use(where, home, "calibrate"):
        baseline = take_baseline(_look(where, seconds), model.label)
    with home.store() as db:
        save_baseline(db, baseline, datetime.now(UTC))
    after = correct(np.exp(baseline.log_shares), baseline.log_shares, reference)
    return baseline, after.tolist()


def _look(source: int | Path, seconds: float) -> list[FaceReading]:
    from companion.agent.models.face import open_face_reader
    from companion.face.camera import shoot
    from companion.face.follow import follow

    with (
        open_face_reader() as reader,
        contextlib.closing(shoot(source, seconds)) as shots,
        console(stderr=True).status("Looking. Do nothing with your face ..."),
    ):
        return [moment.reading for moment in follow(reader, shots, WINDOW, EVERY)]


def _both(taken: Baseline, corrected: list[float]) -> dict[str, dict[str, float]]:
    """Give the share of each emotion at rest, before and after the correction."""
    before = [math.exp(log_share) for log_share in taken.log_shares]
    total = sum(before)
    return {
        emotion.value: {"before": share / total, "after": after}
        for emotion, share, after in zip(Emotion, before, corrected, strict=True)
    }


def _forget(home: Home, *, as_json: bool) -> None:
    from companion.store.face import drop_baseline

    with home.store() as db:
        forgot = drop_baseline(db)
    if as_json:
        print_json({"forgot": forgot})
    else:
        typer.echo("Forgotten." if forgot else "There was nothing to forget.")

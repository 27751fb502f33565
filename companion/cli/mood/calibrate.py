"""`companion calibrate`: the user's resting face and examples of moods, taken on purpose."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from companion.affect import Emotion
from companion.cli.camera import Source, check_allowed, check_limit, logged_use, parse_source
from companion.cli.home import Home, open_home
from companion.cli.output import Json, bar, console, count_of, print_json
from companion.errors import NotResting

if TYPE_CHECKING:
    from companion.affect import FaceMood, FaceReading, MoodExample, RestingFace
    from companion.face.read import FaceReader

WINDOW = 16  # frames of a look, which are two seconds, as in a visit
EVERY = 4  # frames between two looks
MOODS = (Emotion.HAPPINESS, Emotion.SADNESS, Emotion.ANGER, Emotion.SURPRISE)
MOOD_SECONDS = 6.0
SKIP = "s"


def calibrate(
    *,
    seconds: Annotated[
        float, typer.Option(metavar="SECONDS", min=4, max=60, help="How long to look.")
    ] = 10.0,
    source: Source = None,
    moods: Annotated[
        bool,
        typer.Option("--moods", help="Then show a few moods too (a minute); skip any."),
    ] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget what is known of your face.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Record your resting face, so that readings adapt to it.

    It is also learned from ordinary looks; this sets it at once. Sit as usual and relax your
    face. Only numbers are kept, no picture. A second run replaces them; --reset forgets them
    and what was learned.
    """
    home = open_home()
    if reset:
        _forget(home, as_json=as_json)
        return
    taken = _take(home, source, seconds, moods=moods)
    if as_json:
        print_json(
            {
                "model": taken.resting.model,
                "looks": taken.resting.seen,
                "emotions": taken.both(),
                "examples": [example.emotion.value for example in taken.examples],
            }
        )
        return
    screen = console()
    looks = count_of(taken.resting.seen, "look")
    screen.print(f"Your resting face in {looks}, and how it reads from now on:\n")
    for name, shares in taken.both().items():
        before, after = shares["before"], shares["after"]
        screen.print(
            f"  {name:10} {before:5.1%} {bar(before, 20):20}  {after:5.1%} {bar(after, 20)}"
        )
    if taken.examples:
        screen.print(f"\nExamples: {', '.join(one.emotion for one in taken.examples)}.")
    screen.print("\nOnly numbers are kept; `companion calibrate --reset` forgets them.")


@dataclass
class _Taken:
    """The faces that were taken, and the reading of the resting one without and with them."""

    resting: RestingFace
    before: FaceMood
    after: FaceMood
    examples: list[MoodExample] = field(default_factory=list)

    def both(self) -> dict[str, dict[str, float]]:
        """Give the share of each emotion at rest, before and after."""
        return {
            emotion.value: {
                "before": self.before.probabilities[emotion],
                "after": self.after.probabilities[emotion],
            }
            for emotion in Emotion
        }


def _take(home: Home, source: str | None, seconds: float, *, moods: bool) -> _Taken:
    """Take the resting face and, if wanted, the moods, and keep each at once."""
    from companion.agent.models.face import open_face_reader
    from companion.face.baseline import take_resting
    from companion.store.face.profile import save_resting

    where = parse_source(source, home)
    check_allowed(where, home)
    check_limit(where, home)
    today = datetime.now().astimezone().date().toordinal()
    with logged_use(where, home, "calibrate"), open_face_reader() as reader:
        readings = _look(reader, where, seconds, "Looking. Relax your face ...")
        resting = take_resting(readings, today)
        with home.store() as db:
            save_resting(db, resting, datetime.now(UTC))
        before, after = _reread(reader, resting)
        taken = _Taken(resting, before, after)
        for emotion in MOODS if moods else ():
            if example := _show(reader, where, emotion, resting):
                _keep(home, example, resting.model)
                taken.examples.append(example)
    return taken


def _reread(reader: FaceReader, resting: RestingFace) -> tuple[FaceMood, FaceMood]:
    """Read the resting face as anybody's, and as the user's."""
    from companion.affect import FaceProfile, LookDescription

    look = LookDescription(resting.model, resting.features, resting.identity)
    before = reader.reread(look)
    reader.know(FaceProfile(resting.model, resting))
    after = reader.reread(look)
    reader.know(None)
    return before, after


def _show(
    reader: FaceReader, where: int | Path, emotion: Emotion, resting: RestingFace
) -> MoodExample | None:
    """Have the user show a mood, until it can be taken or they skip it."""
    from companion.face.baseline import take_example

    while _asked(f"Show {emotion}, as you would show it. Enter begins, {SKIP} skips it"):
        line = f"Looking. Show {emotion} ..."
        try:
            readings = _look(reader, where, MOOD_SECONDS, line)
            return take_example(readings, emotion, resting, reader.population)
        except NotResting as error:
            typer.echo(str(error), err=True)
    return None


def _asked(question: str) -> bool:
    """Tell whether the user goes on; the end of the input skips too."""
    try:
        answer: str = typer.prompt(question, default="", show_default=False, err=True)
    except typer.Abort:
        return False
    return not answer.strip().lower().startswith(SKIP)


def _look(
    reader: FaceReader, source: int | Path, seconds: float, line: str
) -> Sequence[FaceReading]:
    from companion.face.camera import shoot
    from companion.face.follow import follow

    with (
        contextlib.closing(shoot(source, seconds)) as shots,
        console(stderr=True).status(line),
    ):
        return [moment.reading for moment in follow(reader, shots, WINDOW, EVERY)]


def _keep(home: Home, example: MoodExample, model: str) -> None:
    from companion.store.face.profile import save_example

    with home.store() as db:
        save_example(db, example, model, datetime.now(UTC))


def _forget(home: Home, *, as_json: bool) -> None:
    from companion.store.face.profile import drop_profile

    with home.store() as db:
        forgot = drop_profile(db)
    if as_json:
        print_json({"forgot": forgot})
    else:
        typer.echo("Forgotten." if forgot else "There was nothing to forget.")

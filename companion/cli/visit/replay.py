"""`companion replay`: the choice over your own past listening, beside simple rivals."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from companion.cli.home import open_home
from companion.cli.output import (
    Dark,
    Json,
    console,
    count_of,
    palette,
    plain_table,
    print_json,
    say_drawn,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from companion.agent.visit.replay import Moment, Score
    from companion.plots import Palette

SCHEMA = 1
FARTHEST = 1.6  # of the plot; hardly a distance is longer
NOTHING = (
    "There is nothing to replay yet: no tagged track that you started is recorded. "
    "The agent records what you play while it runs."
)


def replay(
    *,
    days: Annotated[
        int,
        typer.Option("--days", metavar="N", min=1, max=3650, help="How many days back to replay."),
    ] = 30,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it: PNG, SVG or PDF.")
    ] = None,
    dark: Dark = False,
    as_json: Json = False,
) -> None:
    """Test the choice on your own past listening.

    Nothing is queued. It shows how far the target would have been from each track that you
    started next, compared with simple alternatives.
    """
    from companion.agent.visit import replay as past
    from companion.plots import check_file

    if plot:
        check_file(plot)
    home = open_home()
    with home.store() as db:
        moments = past.replay(db, home.config.choose, datetime.now(UTC), days)
    scores = past.score(moments)
    if plot and scores:
        draw_replay(moments, scores, plot, palette(dark=dark))
        say_drawn(plot)
    if as_json:
        print_json(describe_replay(days, moments, scores))
    elif not scores:
        typer.echo(NOTHING)
    else:
        _show(days, moments, scores)


def describe_replay(
    days: int, moments: Sequence[Moment], scores: Sequence[Score]
) -> dict[str, Any]:
    """Give the scores as data."""
    return {
        "schema": SCHEMA,
        "days": days,
        "moments": len(moments),
        "choosers": [asdict(one) for one in scores],
    }


def _show(days: int, moments: Sequence[Moment], scores: Sequence[Score]) -> None:
    from companion.agent.visit.replay import NEAR

    screen = console()
    started = count_of(len(moments), "tagged track")
    screen.print(f"You started {started} in the last {count_of(days, 'day')}.\n")
    table = plain_table("aimed by")
    for name in ("distance", "companion there", f"within {NEAR:g}", "tracks"):
        table.add_column(name, justify="right")
    for one in scores:
        numbers = (f"{one.mean:.2f}", f"{one.companion_there:.2f}", f"{one.near:.0%}")
        table.add_row(one.chooser, *numbers, str(one.moments))
    screen.print(table)
    screen.print("\nDistance on the affect plane from the track that you started: lower is better.")


def draw_replay(
    moments: Sequence[Moment], scores: Sequence[Score], file: Path, colours: Palette
) -> None:
    """Draw, of each chooser, the share of targets within each distance.

    Raises:
        UsageError: the file cannot be written.
    """
    from companion.affect import Emotion
    from companion.agent.visit import replay as past
    from companion.plots import open_plot

    shades = {
        past.COMPANION: colours.emotions[Emotion.SADNESS],
        past.LISTENING: colours.emotions[Emotion.DISGUST],
        past.FACE: colours.emotions[Emotion.ANGER],
        past.LAST_OWN: colours.emotions[Emotion.FEAR],
        past.HABIT: colours.emotions[Emotion.HAPPINESS],
        past.RANDOM: colours.faint,
    }
    with open_plot(file, size=(8.0, 4.6), palette=colours) as [axes]:
        for one in scores:
            found = sorted(m.distances[one.chooser] for m in moments if one.chooser in m.distances)
            shares = [(index + 1) / len(found) for index in range(len(found))]
            label = f"{one.chooser}: {one.mean:.2f} on average, {count_of(one.moments, 'track')}"
            width = 2.2 if one.chooser == past.COMPANION else 1.3
            axes.step(
                [0, *found],
                [0, *shares],
                where="post",
                color=shades[one.chooser],
                lw=width,
                label=label,
            )
        axes.set(xlim=(0, FARTHEST), ylim=(0, 1.02), ylabel="share of the tracks that you started")
        axes.set_xlabel("distance of the target from the track, on the affect plane")
        axes.set_title("How close the choice would have been to yours")
        axes.legend(loc="lower right")

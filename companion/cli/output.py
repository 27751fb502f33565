"""Output for people and for programs: the console, bars, progress, JSON, errors."""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import os
import statistics
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from companion.affect import Affect
from companion.cli.encoding import can_write
from companion.plots import DARK, LIGHT, Palette

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Task
    from rich.table import Table

    from companion.errors import CompanionError

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Dark = Annotated[bool, typer.Option("--dark", help="Draw on a dark background.")]
BAR_WIDTH = 24  # columns
LEVELS = "▁▂▃▄▅▆▇█"
NARROWEST, WIDEST = 20, 100  # columns


def console(*, stderr: bool = False) -> Console:
    """Open a console for people, whose lines are `NARROWEST` to `WIDEST` columns wide."""
    from rich.console import Console

    # what is printed holds names from outside: none of it is markup, or an emoji's code
    found = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    found.width = min(max(found.width, NARROWEST), WIDEST)
    return found


def print_json(data: Any) -> None:
    """Print data on stdout, for programs."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    sys.stdout.write((text if can_write(text) else json.dumps(data, indent=2)) + "\n")
    sys.stdout.flush()  # here, where it can still be said that it fails


def print_error(error: CompanionError) -> None:
    """Print what is wrong and what to do, on stderr."""
    with contextlib.suppress(OSError):  # stderr is full or gone: the exit code tells
        sys.stderr.write(f"companion: {error}\n{error.remedy}\n")
        sys.stderr.flush()


def drop_output() -> None:
    """Send what was not yet written to stdout nowhere, so that it is not tried again at the end."""
    with contextlib.suppress(OSError, ValueError):  # as for a stdout that is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_of_output(error: OSError) -> bool:
    """Return True where it came up in printing."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    module = frame.f_globals.get("__name__", "")
    return module == __name__ or module.partition(".")[0] in {"click", "typer", "rich"}


def plain_table(*columns: str, **options: Any) -> Table:
    """Make a table without lines; options are those of rich's columns."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(name, **options)
    return table


def palette(*, dark: bool) -> Palette:
    """The colours of a plot."""
    return DARK if dark else LIGHT


def say_drawn(file: Path) -> None:
    """Tell on stderr that a plot is written, as stdout may hold data."""
    typer.echo(f"Drawn: {file}", err=True)


def place_words(affect: Affect) -> str:
    """A place on the affect plane, in words and numbers."""
    numbers = f"valence {affect.valence:+.2f}, arousal {affect.arousal:+.2f}"
    return f"{affect.quadrant.words} ({numbers})"


def count_of(number: int, noun: str) -> str:
    """A number with its noun in the singular or plural, such as "1 track" or "2 tracks"."""
    return f"{number} {noun}{'s' * (number != 1)}"


def bar(share: float, width: int = BAR_WIDTH) -> str:
    """Draw a bar for a share in [0, 1]."""
    full, rest = divmod(round(share * width * 8), 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")


def sparkline(values: Sequence[float | None], low: float, high: float, width: int) -> str:
    """Draw a curve of at most so many characters; a dot stands for no value."""
    columns = min(width, len(values))
    edges = [len(values) * column // columns for column in range(columns + 1)] if columns else []
    line = ""
    for begin, end in itertools.pairwise(edges):
        known = [value for value in values[begin:end] if value is not None]
        share = (statistics.fmean(known) - low) / (high - low) if known else 0.0
        line += LEVELS[round(min(max(share, 0), 1) * (len(LEVELS) - 1))] if known else "·"
    return line


@contextlib.contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on stderr, with the pace and the time left.

    The body calls it with how many are done, of how many.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn
    from rich.text import Text

    class Pace(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(pace(task.completed, task.total, task.finished_time or task.elapsed))

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Pace())
    with Progress(*columns, console=console(stderr=True)) as bars:
        task = bars.add_task(label, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def pace(done: float, total: float | None, seconds: float | None) -> str:
    """Say how many a second were done in the whole run, and how long the rest takes so."""
    if not done or not seconds:
        return ""
    rate = done / seconds
    left = timedelta(seconds=math.ceil(((total or done) - done) / rate))
    return f"{rate:.1f}/s, {left} left" if left else f"{rate:.1f}/s"

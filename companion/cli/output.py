"""How things look in a terminal."""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Task

    from companion.errors import CompanionError

Json = Annotated[bool, typer.Option("--json", help="Print data instead of sentences.")]
BAR_WIDTH = 24
LEVELS = "▁▂▃▄▅▆▇█"
WIDEST = 100  # columns


def console(*, stderr: bool = False) -> Console:
    """Where people read; no line is wider than `WIDEST`."""
    from rich.console import Console

    # what is printed holds names from outside: none of it is markup, or an emoji's code
    found = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    found.width = min(found.width, WIDEST)
    return found


def print_json(data: Any) -> None:
    """Data on stdout, for programs."""
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def print_error(error: CompanionError) -> None:
    """What is wrong and what to do, on stderr."""
    sys.stderr.write(f"companion: {error}\n{error.remedy}\n")


def bar(share: float, width: int = BAR_WIDTH) -> str:
    """A bar for a share in [0, 1]."""
    full, rest = divmod(round(share * width * 8), 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")


def sparkline(values: Sequence[float | None], low: float, high: float, width: int) -> str:
    """A curve of at most so many characters; a dot stands where there is no value."""
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
    """A progress bar on stderr: how many are done, how many a second, how long it takes yet.

    The body tells it how many are done, of how many.
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
    """How many a second over the whole run, and how long the rest takes at that rate."""
    if not done or not seconds:
        return ""
    rate = done / seconds
    left = timedelta(seconds=math.ceil(((total or done) - done) / rate))
    return f"{rate:.1f}/s, {left} left" if left else f"{rate:.1f}/s"

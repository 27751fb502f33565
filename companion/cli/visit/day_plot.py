"""The plot of `companion history`: a day on the affect plane, and over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion.affect import Affect
from companion.plots import FAINT, INK, PAPER, QUADRANT_COLOURS, draw_plane, open_plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from companion.agent.visit.history import Day
    from companion.store.queue import QueueEntry

SIZE = (12.0, 6.2)  # inches
TARGET = "#7a5195"
MOST_MARKS = 13  # on the axis of time


@dataclass(frozen=True, slots=True)
class Step:
    """One pick: where the mood was, where the music should be, and where it was."""

    at: datetime
    mood: Affect
    target: Affect
    pick: Affect
    state: str
    strategy: str


def draw_day(day: Day, file: Path) -> None:
    """Draw the day's moods, targets and picks.

    Raises:
        UsageError: the file cannot be written.
    """
    steps = [_step(entry) for entry in day.entries if "target" in entry.why]
    with open_plot(file, (2, 2), SIZE, width_ratios=[1, 1.1]) as [plane, valence, unused, arousal]:
        grid = plane.get_gridspec()
        unused.remove()
        if grid is not None:
            plane.set_subplotspec(grid[:, 0])
        _draw_plane(plane, steps)
        _draw_course(valence, day, steps, "valence", lambda place: place.valence)
        _draw_course(arousal, day, steps, "arousal", lambda place: place.arousal)
        strategies = " and ".join(sorted({step.strategy for step in steps})) or "no picks"
        plane.set_title(f"{day.day:%d %B %Y}: {strategies}")
        valence.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=5, borderaxespad=0.2)
        valence.tick_params(labelbottom=False)


def _step(entry: QueueEntry) -> Step:
    why = entry.why
    mood, target, track = (_place(why[name]) for name in ("mood", "target", "track"))
    return Step(
        entry.planned_at.astimezone(), mood, target, track, entry.state.value, why["strategy"]
    )


def _place(place: dict[str, Any]) -> Affect:
    return Affect(place["valence"], place["arousal"])


def _draw_plane(axes: Axes, steps: Sequence[Step]) -> None:
    draw_plane(axes)
    for step in steps:
        ends = [(place.valence, place.arousal) for place in (step.target, step.pick)]
        axes.plot(*zip(*ends, strict=True), color=FAINT, linewidth=0.6, alpha=0.6, zorder=2)
    moods = [(step.mood.valence, step.mood.arousal) for step in steps]
    axes.plot(*_columns(moods), color=INK, linewidth=1.4, alpha=0.8, zorder=3)
    for step, size in zip(steps, _sizes(len(steps)), strict=True):
        axes.plot(step.mood.valence, step.mood.arousal, "o", color=INK, ms=size, zorder=4)
        axes.plot(step.target.valence, step.target.arousal, **_TARGET_MARK, zorder=5)
        _draw_pick(axes, step.pick.valence, step.pick.arousal, step)
    for step, name in ((steps[0], "first"), (steps[-1], "last")) if steps else ():
        _name(axes, step, f"{name} mood, {step.at:%H:%M}")


def _name(axes: Axes, step: Step, text: str) -> None:
    above = step.mood.arousal >= 0
    axes.annotate(
        text,
        (step.mood.valence, step.mood.arousal),
        (0, 48 if above else -48),
        textcoords="offset points",
        ha="center",
        va="bottom" if above else "top",
        arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.8},
        bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 1.5},
        zorder=3,
    )


def _sizes(count: int) -> list[float]:
    """Marks grow through the day, so that its direction shows."""
    return [2.5 + 3.5 * index / max(1, count - 1) for index in range(count)]


def _columns(places: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [valence for valence, _ in places], [arousal for _, arousal in places]


_TARGET_MARK: Any = {
    "marker": "D",
    "color": TARGET,
    "markerfacecolor": "none",
    "markersize": 5,
    "linestyle": "none",
}


def _draw_pick(axes: Axes, x: float, y: float, step: Step) -> None:
    """A dot in the colour of the pick's quadrant; hollow, with a cross, where it was skipped."""
    colour = QUADRANT_COLOURS[step.pick.quadrant]
    if step.state == "skipped":
        axes.plot(x, y, "x", color=colour, markersize=6, zorder=6)
    else:
        axes.plot(x, y, "o", color=colour, markersize=5, alpha=0.85, markeredgewidth=0, zorder=6)


def _draw_course(
    axes: Axes,
    day: Day,
    steps: Sequence[Step],
    name: str,
    axis: Callable[[Affect], float],
) -> None:
    axes.axhline(0, color=FAINT, linewidth=0.8, zorder=1)
    seen = [(_hour(at), axis(mood.affect)) for at, mood in day.readings]
    if seen:
        axes.plot(*zip(*seen, strict=True), ".", color=FAINT, markersize=4, label="reading")
    times = [_hour(step.at) for step in steps]
    axes.plot(times, [axis(step.mood) for step in steps], color=INK, lw=1.4, label="mood")
    axes.plot(times, [axis(step.target) for step in steps], **_TARGET_MARK, label="target")
    for step in steps:
        _draw_pick(axes, _hour(step.at), axis(step.pick), step)
    axes.plot([], [], "o", color=FAINT, label="pick, by its quadrant")
    axes.plot([], [], "x", color=FAINT, label="skipped")
    axes.set(ylim=(-1.05, 1.05), ylabel=name)
    _mark_hours(axes, [*times, *(hour for hour, _ in seen)])


def _hour(at: datetime) -> float:
    """The local time of day in hours."""
    local = at.astimezone()
    return local.hour + local.minute / 60 + local.second / 3600


def _mark_hours(axes: Axes, hours: Sequence[float]) -> None:
    begin, end = (floor(min(hours)), ceil(max(hours))) if hours else (0, 24)
    end = max(end, begin + 1)
    marks = range(begin, end + 1, 1 + (end - begin) // MOST_MARKS)
    axes.set(xlim=(begin - 0.1, end + 0.1))
    axes.set_xticks(list(marks), [f"{hour:02}:00" for hour in marks], rotation=45, ha="right")

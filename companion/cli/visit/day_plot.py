"""The plot of `companion history`: a day on the affect plane, and over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion.affect import Affect
from companion.plots import LIGHT, Palette, draw_plane, open_plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from companion.agent.visit.history import Day
    from companion.store.history.queue import QueueEntry

SIZE = (12.0, 6.2)  # inches
MOST_HOURS = 13  # named on the axis of time
SMALLEST, LARGEST = 2.5, 6.0  # points, of the day's first and last mark of a mood


@dataclass(frozen=True, slots=True)
class Step:
    """One pick: where the mood was, where the music should be, and where it was."""

    at: datetime
    mood: Affect
    target: Affect
    pick: Affect
    state: str
    strategy: str


def draw_day(day: Day, file: Path, palette: Palette = LIGHT) -> None:
    """Draw the day's moods, targets and picks."""
    steps = [_step(entry) for entry in day.entries if "target" in entry.why]
    grid = {"width_ratios": [1, 1.1]}
    with open_plot(file, (2, 2), SIZE, palette, **grid) as [plane, valence, unused, arousal]:
        cells = plane.get_gridspec()
        unused.remove()
        if cells is not None:
            plane.set_subplotspec(cells[:, 0])
        _DayPlot(day, steps, palette).draw(plane, valence, arousal)


def _step(entry: QueueEntry) -> Step:
    why = entry.why
    mood, target, track = (
        Affect(why[name]["valence"], why[name]["arousal"]) for name in ("mood", "target", "track")
    )
    at = entry.planned_at.astimezone()
    return Step(at, mood, target, track, entry.state.value, why["strategy"])


@dataclass(frozen=True, slots=True)
class _DayPlot:
    day: Day
    steps: Sequence[Step]
    palette: Palette

    def draw(self, plane: Axes, valence: Axes, arousal: Axes) -> None:
        self._draw_plane(plane)
        self._draw_course(valence, "valence", lambda place: place.valence)
        self._draw_course(arousal, "arousal", lambda place: place.arousal)
        strategies = " and ".join(sorted({step.strategy for step in self.steps})) or "no picks"
        plane.set_title(f"{self.day.day:%d %B %Y}: {strategies}")
        valence.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=5, borderaxespad=0.2)
        valence.tick_params(labelbottom=False)

    def _draw_plane(self, axes: Axes) -> None:
        draw_plane(axes, self.palette)
        ink, faint = self.palette.ink, self.palette.faint
        for step in self.steps:
            ends = [_point(step.target), _point(step.pick)]
            axes.plot(*zip(*ends, strict=True), color=faint, linewidth=0.6, alpha=0.6, zorder=2)
        if not self.steps:
            return
        moods = [_point(step.mood) for step in self.steps]
        axes.plot(*zip(*moods, strict=True), color=ink, linewidth=1.4, alpha=0.8, zorder=3)
        growth = (LARGEST - SMALLEST) / max(1, len(moods) - 1)  # shows the day's direction
        for number, (step, mood) in enumerate(zip(self.steps, moods, strict=True)):
            axes.plot(*mood, "o", color=ink, ms=SMALLEST + number * growth, zorder=4)
            axes.plot(*_point(step.target), **self._target_mark, zorder=5)
            self._draw_pick(axes, *_point(step.pick), step)
        # in a legend, as beside the marks there is no place that is always free
        for name, shape, size, step in (
            ("first", "s", 12, self.steps[0]),
            ("last", "o", 15, self.steps[-1]),
        ):
            hollow: Any = {"markerfacecolor": "none", "color": ink, "linestyle": "none"}
            label = f"{name} mood, {step.at:%H:%M}"
            axes.plot(*_point(step.mood), shape, ms=size, label=label, zorder=4, **hollow)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=2, markerscale=0.6)

    def _draw_course(self, axes: Axes, name: str, axis: Callable[[Affect], float]) -> None:
        ink, faint = self.palette.ink, self.palette.faint
        axes.axhline(0, color=faint, linewidth=0.8, zorder=1)
        readings = [(_hour(at), axis(mood.affect)) for at, mood in self.day.readings]
        if readings:
            dots = list(zip(*readings, strict=True))
            axes.plot(*dots, ".", color=faint, markersize=4, label="reading")
        times = [_hour(step.at) for step in self.steps]
        label = "mood" if readings else "mood, without the face"
        axes.plot(times, [axis(step.mood) for step in self.steps], color=ink, lw=1.4, label=label)
        targets = [axis(step.target) for step in self.steps]
        axes.plot(times, targets, **self._target_mark, label="target")
        for step in self.steps:
            self._draw_pick(axes, _hour(step.at), axis(step.pick), step)
        axes.plot([], [], "o", color=faint, label="pick, by its quadrant")
        axes.plot([], [], "x", color=faint, label="skipped")
        axes.set(ylim=(-1.05, 1.05), ylabel=name)
        _mark_hours(axes, [*times, *(hour for hour, _ in readings)])

    def _draw_pick(self, axes: Axes, x: float, y: float, step: Step) -> None:
        """A dot in the colour of the pick's quadrant; a cross where it was skipped."""
        colour = self.palette.quadrants[step.pick.quadrant]
        if step.state == "skipped":
            axes.plot(x, y, "x", color=colour, markersize=6, zorder=6)
        else:
            axes.plot(x, y, "o", color=colour, ms=5, alpha=0.85, markeredgewidth=0, zorder=6)

    @property
    def _target_mark(self) -> dict[str, Any]:
        mark = {"marker": "D", "markerfacecolor": "none", "markersize": 5, "linestyle": "none"}
        return {**mark, "color": self.palette.target}


def _point(place: Affect) -> tuple[float, float]:
    return place.valence, place.arousal


def _hour(at: datetime) -> float:
    """The local time of day in hours."""
    local = at.astimezone()
    return local.hour + local.minute / 60 + local.second / 3600


def _mark_hours(axes: Axes, hours: Sequence[float]) -> None:
    begin, end = (floor(min(hours)), ceil(max(hours))) if hours else (0, 24)
    end = max(end, begin + 1)
    marks = range(begin, end + 1, 1 + (end - begin) // MOST_HOURS)
    axes.set(xlim=(begin - 0.1, end + 0.1))
    axes.set_xticks(list(marks), [f"{hour:02}:00" for hour in marks], rotation=45, ha="right")

"""The plot of `companion look`: probabilities, valence and arousal, and where it abstained."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from companion.affect import Emotion
from companion.cli.mood.timeline import Followed, curve, share_of, spans
from companion.plots import EMOTION_COLOURS, FAINT, INK, open_plot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from companion.face.follow import Moment


def draw_moods(followed: Followed, file: Path) -> None:
    """Draw the readings over time; nothing of a frame is in the plot.

    Raises:
        UsageError: the file cannot be written.
    """
    with open_plot(file, (2, 1), (9, 6), sharex=True, height_ratios=[3, 2]) as [above, below]:
        _draw_emotions(above, followed.moments)
        _draw_affect(below, followed.moments)
        for axes in (above, below):
            _shade_abstentions(axes, followed.moments)
        corrected = ", corrected by the resting face" if followed.corrected else ""
        above.set_title(f"{followed.source} ({followed.model}{corrected})")
        _name_abstentions(above, followed.moments)


def _draw_emotions(axes: Axes, moments: Sequence[Moment]) -> None:
    times = [moment.time for moment in moments]
    for emotion in Emotion:
        _draw(
            axes, times, curve(moments, share_of(emotion)), emotion.value, EMOTION_COLOURS[emotion]
        )
    axes.set(ylim=(-0.02, 1.02), ylabel="probability")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def _draw_affect(axes: Axes, moments: Sequence[Moment]) -> None:
    times = [moment.time for moment in moments]
    axes.axhline(0, color=FAINT, linewidth=0.8)
    _draw(axes, times, curve(moments, lambda mood: mood.affect.valence), "valence", INK)
    _draw(axes, times, curve(moments, lambda mood: mood.affect.arousal), "arousal", INK, "--")
    axes.set(ylim=(-1.02, 1.02), xlabel="seconds", ylabel="affect")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def _draw(
    axes: Axes,
    times: list[float],
    values: list[float | None],
    name: str,
    colour: str,
    line: str = "-",
) -> None:
    gaps = [math.nan if value is None else value for value in values]
    axes.plot(times, gaps, color=colour, label=name, linestyle=line)


def _shade_abstentions(axes: Axes, moments: Sequence[Moment]) -> None:
    for span in spans(moments):
        if span.word.startswith("("):
            axes.axvspan(span.begin, span.end, color=FAINT, alpha=0.3, linewidth=0)


def _name_abstentions(axes: Axes, moments: Sequence[Moment]) -> None:
    whole = moments[-1].time if moments else 0.0
    for span in spans(moments):
        if span.word.startswith("(") and span.end - span.begin > 0.04 * whole:
            axes.text(
                (span.begin + span.end) / 2,
                0.5,
                span.word[1:-1],
                rotation=90,
                ha="center",
                va="center",
            )

"""The plot of `companion look`: probabilities, valence and arousal, and where it abstained."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion.affect import Emotion, FaceMood
from companion.cli.mood.timeline import Followed, curve, share_of, spans
from companion.plots import LIGHT, Palette, open_plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from companion.face.follow import Moment

SHORTEST_NAMED = 0.04  # of the whole time: a shorter abstention has no room for its name


def draw_moods(followed: Followed, file: Path, palette: Palette = LIGHT) -> None:
    """Draw the readings over time; nothing of a frame is in the plot."""
    moments = followed.moments
    grid = {"sharex": True, "height_ratios": [3, 2]}
    with open_plot(file, (2, 1), (9, 6), palette, **grid) as [above, below]:
        _draw_emotions(above, moments, palette)
        _draw_affect(below, moments, palette)
        for axes in (above, below):
            axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), reverse=axes is above)
            _shade_abstentions(axes, moments, palette)
        corrected = ", corrected by the resting face" if followed.corrected else ""
        above.set_title(f"{followed.source} ({followed.model}{corrected})")
        _name_abstentions(above, moments, palette)


def _draw_emotions(axes: Axes, moments: Sequence[Moment], palette: Palette) -> None:
    """Bands one on the other: of lines, several would lie on each other near 0."""
    times = [moment.time for moment in moments]
    axes.stackplot(
        times,
        *(_gapped(moments, share_of(emotion)) for emotion in Emotion),
        labels=[emotion.value for emotion in Emotion],
        colors=[palette.emotions[emotion] for emotion in Emotion],
        linewidth=0,
    )
    axes.set(ylim=(0, 1), ylabel="probability: the height of a band")


def _draw_affect(axes: Axes, moments: Sequence[Moment], palette: Palette) -> None:
    times = [moment.time for moment in moments]
    axes.axhline(0, color=palette.faint, linewidth=0.8)
    valence = _gapped(moments, lambda mood: mood.affect.valence)
    arousal = _gapped(moments, lambda mood: mood.affect.arousal)
    axes.plot(times, valence, color=palette.ink, label="valence (1: pleasant)")
    axes.plot(times, arousal, color=palette.target, ls="--", label="arousal (1: excited)")
    axes.set(ylim=(-1.02, 1.02), xlabel="seconds", ylabel="affect: valence, arousal")


def _gapped(moments: Sequence[Moment], value: Callable[[FaceMood], float]) -> list[float]:
    return [math.nan if one is None else one for one in curve(moments, value)]


def _shade_abstentions(axes: Axes, moments: Sequence[Moment], palette: Palette) -> None:
    for span in spans(moments):
        if span.word.startswith("("):
            axes.axvspan(span.begin, span.end, color=palette.faint, alpha=0.3, linewidth=0)


def _name_abstentions(axes: Axes, moments: Sequence[Moment], palette: Palette) -> None:
    whole = moments[-1].time if moments else 0.0
    for span in spans(moments):
        if span.word.startswith("(") and span.end - span.begin > SHORTEST_NAMED * whole:
            middle = (span.begin + span.end) / 2
            box = {"facecolor": palette.paper, "edgecolor": "none", "pad": 2}
            centre: Any = {"rotation": 90, "ha": "center", "va": "center", "bbox": box}
            axes.text(middle, 0.5, span.word[1:-1], **centre)

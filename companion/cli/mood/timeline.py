"""The mood over time: curves and spans in a terminal, and data for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean
from typing import TYPE_CHECKING, Any

from companion.affect import Abstention, Emotion, FaceMood, FaceReading
from companion.cli.output import console, sparkline
from companion.cli.visit.describe import describe_mood

if TYPE_CHECKING:
    from rich.console import Console

    from companion.face.follow import Moment

COLUMNS = 60  # of the curves
MOST_SPANS = 24


@dataclass(frozen=True, slots=True)
class Followed:
    """The readings of a source, which has a name for a person, by a model with a label.

    `adapted` is True where the readings are adapted to the user's face.
    """

    source: str
    model: str
    adapted: bool
    moments: Sequence[Moment]


def word_of(reading: FaceReading) -> str:
    """Give the emotion of a reading or, in brackets, why there is none to go by."""
    if reading.abstention or not reading.mood:
        return f"({(reading.abstention or Abstention.NO_FACE).replace('_', ' ')})"
    emotion = reading.mood.emotion.value
    return f"perhaps {emotion}" if reading.detail else emotion


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive readings that say the same.

    Attributes:
        begin, end: in seconds.
        word: what they say, or in brackets why they say nothing.
        moods: what the model said in them.
        detail: of the last one that abstained.
    """

    begin: float
    end: float
    word: str
    moods: Sequence[FaceMood]
    detail: str


def spans(moments: Sequence[Moment]) -> list[Span]:
    """Group consecutive moments that say the same; each span ends where the next begins."""
    runs = [list(run) for _, run in groupby(moments, lambda one: word_of(one.reading))]
    ends = [run[0].time for run in runs[1:]] + [run[-1].time for run in runs[-1:]]
    return [
        Span(
            run[0].time,
            end,
            word_of(run[0].reading),
            [one.reading.mood for one in run if one.reading.mood],
            run[-1].reading.detail,
        )
        for run, end in zip(runs, ends, strict=True)
    ]


def describe(followed: Followed) -> dict[str, Any]:
    """Give the readings as data."""
    return {
        "source": followed.source,
        "model": followed.model,
        "adapted": followed.adapted,
        "moments": [_describe_moment(moment) for moment in followed.moments],
    }


def _describe_moment(moment: Moment) -> dict[str, Any]:
    mood, abstention = moment.reading.mood, moment.reading.abstention
    return {
        "time": round(moment.time, 3),
        "reading": describe_mood(mood) if mood else None,
        "abstention": abstention.value if abstention else None,
        "detail": moment.reading.detail,
    }


def show(followed: Followed) -> None:
    """Print the curves, and the emotion of each span of time."""
    screen = console()
    moments = followed.moments
    if not moments:
        screen.print("Nothing was seen yet.")
        return
    seconds = moments[-1].time
    adapted = ", adapted to your face" if followed.adapted else ""
    screen.print(f"{followed.source}: {len(moments)} readings in {seconds:.1f} s{adapted}\n")
    for name, line in _curves(moments):
        screen.print(f"  {name:10} {line}", soft_wrap=True)
    width = min(COLUMNS, len(moments))
    screen.print(f"  {'':10} 0 s{f'{seconds:.1f} s':>{max(width - 3, 6)}}\n")
    _show_spans(screen, spans(moments))


def curve(moments: Sequence[Moment], value: Callable[[FaceMood], float]) -> list[float | None]:
    """Take a value of each moment's mood; None where there is no mood."""
    moods = [moment.reading.mood for moment in moments]
    return [value(mood) if mood else None for mood in moods]


def share_of(emotion: Emotion) -> Callable[[FaceMood], float]:
    """Make what gives `curve` the probability of one emotion."""
    return lambda mood: mood.probabilities[emotion]


def _curves(moments: Sequence[Moment]) -> Iterator[tuple[str, str]]:
    for emotion in Emotion:
        shares = curve(moments, share_of(emotion))
        yield emotion.value, sparkline(shares, 0, 1, COLUMNS)
    yield "valence", sparkline(curve(moments, lambda mood: mood.affect.valence), -1, 1, COLUMNS)
    yield "arousal", sparkline(curve(moments, lambda mood: mood.affect.arousal), -1, 1, COLUMNS)


def _show_spans(screen: Console, found: list[Span]) -> None:
    longest = sorted(found, key=lambda span: span.end - span.begin, reverse=True)[:MOST_SPANS]
    screen.print("      from       to  mood               sure  valence  arousal")
    for span in found:
        if span in longest:
            times = f"  {span.begin:6.2f} s {span.end:6.2f} s"
            screen.print(f"{times}  {span.word:16} {_numbers(span)}", soft_wrap=True)
    if len(found) > len(longest):
        screen.print(f"  and {len(found) - len(longest)} shorter ones; --json has all")


def _numbers(span: Span) -> str:
    if span.word.startswith("("):
        return f"  {span.detail}"
    sure = fmean(mood.confidence for mood in span.moods)
    valence = fmean(mood.affect.valence for mood in span.moods)
    arousal = fmean(mood.affect.arousal for mood in span.moods)
    return f"{sure:6.0%}  {valence:+7.2f}  {arousal:+7.2f}"

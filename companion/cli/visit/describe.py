"""A visit and its candidates, as people and as programs read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from companion.affect import FaceMood, FaceReading
from companion.cli.output import bar, console, place_words, plain_table

if TYPE_CHECKING:
    from rich.console import Console

    from companion.agent.visit.visit import VisitResult
    from companion.choose.score import Candidate

NUMBERS = ("valence", "arousal", "near", "sure", "taste", "fresh", "score")
GAP = 2  # spaces between columns
LONGEST, SHORTEST = 46, 16  # a track's name, in letters
FORMULA = "score = near x sure^{sureness:g} x taste x fresh{voice}; one of the best {few} is drawn"


def show_visit(result: VisitResult) -> None:
    """Print the reading, the mood, the target and the best candidates, then the outcome."""
    screen = console()
    if result.reading and result.reading.mood:
        show_mood(screen, result.reading.mood, doubt_of(result.reading))
    if result.mood and result.target:
        screen.print(f"Mood    {place_words(result.mood.affect)}")
        screen.print(
            f"Target  {place_words(result.target.affect)}, {result.target.strategy}, "
            f"within {result.target.tolerance:.1f}\n"
        )
    if result.pick:
        show_candidates(screen, "The best that fit", result.pick.best, result.pick.chosen)
    if not result.error:
        screen.print(_ending(result), soft_wrap=True)


def describe_visit(result: VisitResult) -> dict[str, Any]:
    """Give the same as data."""
    from companion.agent.visit.explanation import describe_candidate

    reading = result.reading.mood if result.reading else None
    return {
        "outcome": result.outcome.kind if result.outcome else "dry_run",
        "reason": result.outcome.value if result.outcome else None,
        "detail": result.detail,
        "reading": describe_mood(reading) if reading else None,
        "mood": asdict(result.mood.affect) if result.mood else None,
        "target": asdict(result.target.affect) if result.target else None,
        "chosen": describe_candidate(result.pick.chosen) if result.pick else None,
        "best": [describe_candidate(one) for one in result.pick.best] if result.pick else [],
    }


def doubt_of(reading: FaceReading) -> str:
    """The side of the affect plane in words, where the emotion that was read is unsure."""
    return "" if reading.abstention else reading.detail


def show_mood(screen: Console, mood: FaceMood, doubt: str = "") -> None:
    """Print a reading of the face model; `doubt` is that of `doubt_of`."""
    told = f": {doubt}" if doubt else ""
    screen.print(f"Face    {mood.frames} frames, {mood.confidence:.0%} sure{told}\n")
    for emotion, share in mood.probabilities.items():
        strong = "bold" if emotion is mood.emotion else ""
        screen.print(f"  {emotion.value:10} {share:5.1%} {bar(share)}", style=strong)
    screen.print()


def exit_code(outcome: str) -> int:
    """The exit code for a kind of outcome: 1 if no visit was made, or if it failed."""
    return int(outcome in ("paused", "failed"))


def show_candidates(
    screen: Console, title: str, candidates: Sequence[Candidate], chosen: Candidate | None = None
) -> None:
    """Print tracks that may be picked, with their numbers and how these make the score."""
    from companion.choose.pick import BEST_FEW
    from companion.choose.score import SURENESS

    voices = any(one.voice != 1 for one in candidates)
    names = (*NUMBERS[:-1], *(["voice"] if voices else []), NUMBERS[-1])
    left = screen.width - GAP - sum(len(name) + GAP for name in names)
    width = max(SHORTEST, min(LONGEST, left))
    table = plain_table(title, no_wrap=True, max_width=width)
    for name in names:
        table.add_column(name, justify="right")
    for one in candidates:
        place = one.tagged.affect
        weights = [one.closeness, one.sureness, one.taste, one.freshness, one.score]
        if voices:
            weights.insert(-1, one.voice)
        table.add_row(
            one.tagged.track.byline,
            f"{place.valence:+.2f}",
            f"{place.arousal:+.2f}",
            *(f"{weight:.2f}" for weight in weights),
            style="bold green" if one is chosen else "",
        )
    screen.print(table)
    voice = " x voice" if voices else ""
    screen.print(FORMULA.format(sureness=SURENESS, voice=voice, few=BEST_FEW) + "\n")


def _ending(result: VisitResult) -> str:
    if result.outcome is None:
        return f"Would queue: {result.detail}"
    word = result.outcome.words.capitalize()
    return f"{word}: {result.detail}" if result.detail else word


def describe_mood(mood: FaceMood) -> dict[str, Any]:
    """Give a reading of the face model as data."""
    return {
        "probabilities": {emotion.value: share for emotion, share in mood.probabilities.items()},
        "emotion": mood.emotion.value,
        "confidence": mood.confidence,
        "frames": mood.frames,
        **asdict(mood.affect),
    }

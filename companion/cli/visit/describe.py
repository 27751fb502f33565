"""How a visit is told: to a person, and as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from companion.affect import Affect, FaceMood
from companion.cli.output import bar, console
from companion.cli.visit.candidates import show_candidates

if TYPE_CHECKING:
    from rich.console import Console

    from companion.agent.visit.visit import VisitResult


def show_visit(result: VisitResult) -> None:
    """Print what was seen, what was made of it, and how it ended."""
    screen = console()
    if result.reading and result.reading.mood:
        show_mood(screen, result.reading.mood)
    if result.mood and result.target:
        screen.print(f"Mood    {_place(result.mood.affect)}")
        screen.print(
            f"Target  {_place(result.target.affect)}, {result.target.strategy}, "
            f"within {result.target.tolerance:.1f}\n"
        )
    if result.pick:
        show_candidates(screen, "The best that fit", result.pick.best, result.pick.chosen)
    if not result.error:
        screen.print(_ending(result), soft_wrap=True)


def describe_visit(result: VisitResult) -> dict[str, Any]:
    """The same as data."""
    from companion.agent.visit.explanation import describe_candidate

    reading = result.reading.mood if result.reading else None
    return {
        "outcome": result.outcome.kind if result.outcome else "dry_run",
        "reason": result.outcome.value if result.outcome else None,
        "detail": result.detail,
        "reading": _maybe(reading, describe_mood),
        "mood": _maybe(result.mood, lambda mood: _describe_place(mood.affect)),
        "target": _maybe(result.target, lambda target: _describe_place(target.affect)),
        "chosen": _maybe(result.pick, lambda pick: describe_candidate(pick.chosen)),
        "best": [describe_candidate(one) for one in result.pick.best] if result.pick else [],
    }


def show_mood(screen: Console, mood: FaceMood) -> None:
    """Print what the face model said."""
    screen.print(f"Face    {mood.frames} frames, {mood.confidence:.0%} sure\n")
    for emotion, share in mood.probabilities.items():
        strong = "bold" if emotion is mood.emotion else ""
        screen.print(f"  {emotion.value:10} {share:5.1%} {bar(share)}", style=strong)
    screen.print()


def _ending(result: VisitResult) -> str:
    if result.outcome is None:
        return f"Would queue: {result.detail}"
    word = result.outcome.words.capitalize()
    return f"{word}: {result.detail}" if result.detail else word


def _place(affect: Affect) -> str:
    return f"valence {affect.valence:+.2f}, arousal {affect.arousal:+.2f} ({affect.quadrant.words})"


def _maybe(value: Any, describe: Callable[[Any], Any]) -> Any:
    return None if value is None else describe(value)


def describe_mood(mood: FaceMood) -> dict[str, Any]:
    """What the face model said, as data."""
    return {
        "probabilities": {emotion.value: share for emotion, share in mood.probabilities.items()},
        "emotion": mood.emotion.value,
        "confidence": mood.confidence,
        "frames": mood.frames,
        **_describe_place(mood.affect),
    }


def _describe_place(affect: Affect) -> dict[str, float]:
    return {"valence": affect.valence, "arousal": affect.arousal}

"""How a visit is told: to a person, and as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from companion.affect import Affect, FaceMood
from companion.cli.output import bar, console

if TYPE_CHECKING:
    from rich.console import Console

    from companion.agent.visit import VisitResult
    from companion.choose.pick import Candidate, Pick


def show_visit(result: VisitResult) -> None:
    """Print what was seen, what was made of it, and how it ended."""
    screen = console()
    if result.reading and result.reading.mood:
        _show_reading(screen, result.reading.mood)
    if result.mood and result.target:
        screen.print(f"Mood    {_place(result.mood.affect)}")
        screen.print(
            f"Target  {_place(result.target.affect)}, {result.target.strategy}, "
            f"within {result.target.tolerance:.1f}\n"
        )
    if result.pick:
        _show_best(screen, result.pick)
    if not result.error:
        screen.print(_ending(result), soft_wrap=True)


def describe_visit(result: VisitResult) -> dict[str, Any]:
    """The same as data."""
    reading = result.reading.mood if result.reading else None
    return {
        "outcome": result.outcome.kind if result.outcome else "dry_run",
        "reason": result.outcome.value if result.outcome else None,
        "detail": result.detail,
        "reading": _maybe(reading, _describe_reading),
        "mood": _maybe(result.mood, lambda mood: _describe_place(mood.affect)),
        "target": _maybe(result.target, lambda target: _describe_place(target.affect)),
        "chosen": _maybe(result.pick, lambda pick: _describe_candidate(pick.chosen)),
        "best": [_describe_candidate(one) for one in result.pick.best] if result.pick else [],
    }


def _show_reading(screen: Console, mood: FaceMood) -> None:
    screen.print(f"Face    {mood.frames} frames, {mood.confidence:.0%} sure\n")
    for emotion, share in mood.probabilities.items():
        strong = "bold" if emotion is mood.emotion else ""
        screen.print(f"  {emotion.value:10} {share:5.1%} {bar(share)}", style=strong)
    screen.print()


def _show_best(screen: Console, pick: Pick) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("The best that fit", no_wrap=True, max_width=42)
    for name in ("valence", "arousal", "near", "sure", "score"):
        table.add_column(name, justify="right")
    for candidate in pick.best:
        chosen = candidate is pick.chosen
        table.add_row(
            candidate.track.byline,
            f"{candidate.mood.affect.valence:+.2f}",
            f"{candidate.mood.affect.arousal:+.2f}",
            f"{candidate.closeness:.2f}",
            f"{candidate.mood.confidence:.2f}",
            f"{candidate.score:.2f}",
            style="bold green" if chosen else "",
        )
    screen.print(table)
    screen.print("score = near x sure; one of these is drawn, a higher score is likelier\n")


def _ending(result: VisitResult) -> str:
    if result.outcome is None:
        return f"Would queue: {result.detail}"
    word = result.outcome.words.capitalize()
    return f"{word}: {result.detail}" if result.detail else word


def _place(affect: Affect) -> str:
    return f"valence {affect.valence:+.2f}, arousal {affect.arousal:+.2f} ({affect.quadrant.words})"


def _maybe(value: Any, describe: Callable[[Any], Any]) -> Any:
    return None if value is None else describe(value)


def _describe_reading(mood: FaceMood) -> dict[str, Any]:
    return {
        "probabilities": {emotion.value: share for emotion, share in mood.probabilities.items()},
        "emotion": mood.emotion.value,
        "confidence": mood.confidence,
        "frames": mood.frames,
        **_describe_place(mood.affect),
    }


def _describe_place(affect: Affect) -> dict[str, float]:
    return {"valence": affect.valence, "arousal": affect.arousal}


def _describe_candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "uri": candidate.track.uri,
        "title": candidate.track.title,
        "artists": list(candidate.track.artists),
        **_describe_place(candidate.mood.affect),
        "distance": candidate.distance,
        "closeness": candidate.closeness,
        "confidence": candidate.mood.confidence,
        "score": candidate.score,
    }

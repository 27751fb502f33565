"""Tracks that may be picked, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from companion.choose.score import Candidate

NUMBERS = ("valence", "arousal", "near", "sure", "taste", "fresh", "score")
GAP = 2  # spaces between columns
LONGEST, SHORTEST = 46, 16  # a track's name, in letters
FORMULA = "score = near x sure^{sureness:g} x taste x fresh; one of the best {few} is drawn"


def show_candidates(
    screen: Console, title: str, candidates: Sequence[Candidate], chosen: Candidate | None = None
) -> None:
    """Print the tracks with their numbers, and how the numbers make the score."""
    from rich.table import Table

    from companion.choose.pick import BEST_FEW
    from companion.choose.score import SURENESS

    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    left = screen.width - GAP - sum(len(name) + GAP for name in NUMBERS)
    table.add_column(title, no_wrap=True, max_width=max(SHORTEST, min(LONGEST, left)))
    for name in NUMBERS:
        table.add_column(name, justify="right")
    for one in candidates:
        table.add_row(
            one.tagged.track.byline,
            f"{one.tagged.affect.valence:+.2f}",
            f"{one.tagged.affect.arousal:+.2f}",
            *(
                f"{number:.2f}"
                for number in (
                    one.closeness,
                    one.tagged.confidence,
                    one.taste,
                    one.freshness,
                    one.score,
                )
            ),
            style="bold green" if one is chosen else "",
        )
    screen.print(table)
    screen.print(FORMULA.format(sureness=SURENESS, few=BEST_FEW) + "\n")

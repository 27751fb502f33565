"""`companion queue`: what would be picked now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from companion.cli.home import open_home
from companion.cli.mood.mood import UNKNOWN, describe_mood_now
from companion.cli.output import Json, console, print_json
from companion.cli.visit.candidates import show_candidates
from companion.errors import UsageError

if TYPE_CHECKING:
    from companion.agent.visit.choice import Prospect


def queue(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show; it is needed.")] = False,
    count: Annotated[
        int, typer.Option("-n", metavar="N", min=1, max=50, help="How many tracks.")
    ] = 10,
    as_json: Json = False,
) -> None:
    """Show what would be picked now, by the present mood.

    The camera stays shut. Spotify is not asked, so a track that is in its queue already may
    be shown.
    """
    from companion.agent.visit.choice import consider
    from companion.agent.visit.explanation import describe_prospect

    if not dry_run:
        raise UsageError(
            "This command queues nothing.", "Add --dry-run; `companion once` queues a track."
        )
    home, now = open_home(), datetime.now(UTC)
    with home.store() as db:
        prospect = consider(db, home.config.choose, now)
        mood = describe_mood_now(db, home, now)
    if as_json:
        print_json(describe_prospect(prospect, count))
    else:
        _show(prospect, mood["words"], count)


def _show(prospect: Prospect, mood: str, count: int) -> None:
    screen = console()
    if prospect.mood is None or prospect.target is None:
        screen.print(f"{UNKNOWN} Nothing would be picked.")
        return
    target = prospect.target
    screen.print(f"Mood    {mood}", soft_wrap=True)
    screen.print(
        f"Target  valence {target.affect.valence:+.2f}, arousal {target.affect.arousal:+.2f} "
        f"({target.affect.quadrant.words}), {target.strategy}\n"
    )
    ranked = prospect.ranked()
    if not ranked:
        screen.print(f"Nothing fits: {prospect.obstacle}.")
        return
    show_candidates(screen, f"The best of {len(ranked)}", ranked[:count])

"""`companion history`: the visits of a day, what they saw, queued, and what became of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from companion.cli.home import open_home
from companion.cli.output import Json, console, print_json
from companion.errors import UsageError

if TYPE_CHECKING:
    from companion.agent.visit.history import Day, Event

SCHEMA = 1


def history(
    *,
    day: Annotated[
        str, typer.Option(metavar="DAY", help="today, yesterday, or such as 2026-05-31.")
    ] = "today",
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the day: PNG, SVG or PDF.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the visits of a day and how they ended.

    Each use of the camera is among them, with the mood that was seen and the track.
    """
    from companion.agent.visit.history import read_day
    from companion.plots import check_file

    wanted = parse_day(day, datetime.now(UTC))
    if plot:
        check_file(plot)
    with open_home().store() as db:
        found = read_day(db, wanted)
    if plot:
        from companion.cli.visit.day_plot import draw_day

        draw_day(found, plot)
    if as_json:
        print_json(describe_day(found))
    else:
        _show(found)


def parse_day(text: str, now: datetime) -> date:
    """The local day that the word or the date means.

    Raises:
        UsageError: it means none.
    """
    today = now.astimezone().date()
    words = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        return words.get(text.strip().lower()) or date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{text!r} is no day.", "Write today, yesterday, or a date such as 2026-05-31."
        ) from None


def describe_day(day: Day) -> dict[str, Any]:
    """The day as data."""
    return {
        "schema": SCHEMA,
        "day": day.day.isoformat(),
        "camera_uses": day.camera_uses,
        "visits": [_describe(event) for event in day.events],
        "commands": [{"at": use.at.isoformat(), "command": use.command} for use in day.commands],
    }


def _describe(event: Event) -> dict[str, Any]:
    from companion.cli.visit.describe import describe_mood

    visit, entry = event.visit, event.entry
    return {
        "at": visit.at.isoformat(),
        "outcome": visit.outcome,
        "detail": visit.detail,
        "camera": visit.camera,
        "reading": describe_mood(event.reading) if event.reading else None,
        "mood": entry.why.get("mood") if entry else None,
        "target": entry.why.get("target") if entry else None,
        "strategy": entry.why.get("strategy") if entry else None,
        "uri": entry.track.uri if entry else None,
        "state": entry.state.value if entry else None,
    }


def _show(day: Day) -> None:
    from rich.table import Table

    screen = console()
    if not (day.events or day.commands):
        screen.print(f"No visits on {day.day:%d %B %Y}.")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("time", "camera", "mood", "outcome"):
        table.add_column(name, no_wrap=name != "outcome")
    rows = [(event.visit.at, _row(event)) for event in day.events]
    rows += [(use.at, ("opened", "", f"companion {use.command}")) for use in day.commands]
    for at, row in sorted(rows):
        table.add_row(f"{at.astimezone():%H:%M}", *row)
    screen.print(table)
    uses = "once" if day.camera_uses == 1 else f"{day.camera_uses} times"
    visits = "one visit" if len(day.events) == 1 else f"{len(day.events)} visits"
    screen.print(f"\n{day.day:%d %B %Y}: {visits}; the camera was opened {uses}.")


def _row(event: Event) -> tuple[str, str, str]:
    from companion.agent.visit.outcome import Outcome

    visit, entry = event.visit, event.entry
    outcome = Outcome(visit.outcome).words
    if visit.detail:
        outcome += f": {visit.detail}"
    if entry and visit.outcome == Outcome.QUEUED:
        outcome += f" ({entry.state.value})"
    mood = ""
    if event.reading:
        mood = f"{event.reading.emotion} {event.reading.confidence:.0%}"
    elif entry and entry.why.get("mood", {}).get("name"):
        mood = f"{entry.why['mood']['name']} (by hand)"
    return "opened" if visit.camera else "", mood, outcome

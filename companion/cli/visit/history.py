"""`companion history`: a day's visits, with readings, queued tracks and their endings."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from companion.agent.visit.history import Day, read_day
from companion.agent.visit.outcome import Outcome
from companion.agent.visit.report import read_report
from companion.cli.home import open_home
from companion.cli.output import (
    Dark,
    Json,
    console,
    count_of,
    palette,
    plain_table,
    print_json,
    say_drawn,
)
from companion.cli.visit.describe import describe_mood
from companion.cli.visit.report import describe_report, show_report
from companion.errors import UsageError
from companion.plots import check_file
from companion.store.history.visits import VisitRecord

SCHEMA = 1
WEEK, MONTH = 7, 30  # days


def history(
    *,
    day: Annotated[
        str, typer.Option(metavar="DAY", help="today, yesterday, or a date such as 2026-05-31.")
    ] = "today",
    week: Annotated[
        bool, typer.Option("--week", help="Report on the seven days up to that one.")
    ] = False,
    month: Annotated[
        bool, typer.Option("--month", help="Report on the thirty days up to that one.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the day: PNG, SVG or PDF.")
    ] = None,
    dark: Dark = False,
    as_json: Json = False,
) -> None:
    """Show the visits of a day and how they ended.

    Each use of the camera is listed, with the mood that was seen and the track. --week and
    --month show totals instead: visits, endings, moods, strategies, artists.
    """
    wanted = parse_day(day, datetime.now(UTC))
    if week or month:
        if plot or (week and month):
            raise UsageError("Give only one of --week, --month and --plot.")
        _report(wanted, WEEK if week else MONTH, as_json=as_json)
        return
    if plot:
        check_file(plot)
    with open_home().store() as db:
        found = read_day(db, wanted)
    if plot:
        from companion.cli.visit.day_plot import draw_day

        draw_day(found, plot, palette(dark=dark))
        say_drawn(plot)
    if as_json:
        print_json(describe_day(found))
    else:
        _show(found)


def _report(last: date, days: int, *, as_json: bool) -> None:
    with open_home().store() as db:
        found = read_report(db, last, days)
    if as_json:
        print_json(describe_report(found))
    else:
        show_report(found)


def parse_day(text: str, now: datetime) -> date:
    """Read a day of the local calendar, a word or a date; raise a UsageError for other texts."""
    today = now.astimezone().date()
    words = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        return words.get(text.strip().lower()) or date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{text!r} is not a day.", "Write today, yesterday, or a date such as 2026-05-31."
        ) from None


def describe_day(day: Day) -> dict[str, Any]:
    """Give the day as data."""
    return {
        "schema": SCHEMA,
        "day": day.day.isoformat(),
        "camera_uses": day.camera_uses,
        "visits": [_describe(record) for record in day.visits],
        "commands": [{"at": use.at.isoformat(), "command": use.command} for use in day.commands],
    }


def _describe(record: VisitRecord) -> dict[str, Any]:
    visit, entry = record.visit, record.entry
    return {
        "at": visit.at.isoformat(),
        "outcome": visit.outcome,
        "detail": visit.detail,
        "camera": visit.camera,
        "reading": describe_mood(record.reading) if record.reading else None,
        "mood": entry.why.get("mood") if entry else None,
        "target": entry.why.get("target") if entry else None,
        "strategy": entry.why.get("strategy") if entry else None,
        "uri": entry.track.uri if entry else None,
        "state": entry.state.value if entry else None,
    }


def _show(day: Day) -> None:
    screen = console()
    if not (day.visits or day.commands):
        screen.print(f"No visits on {day.day:%d %B %Y}.")
        return
    table = plain_table("time", "camera", "mood", no_wrap=True)
    table.add_column("outcome")
    rows = [(record.visit.at, _row(record)) for record in day.visits]
    rows += [(use.at, ("opened", "", f"companion {use.command}")) for use in day.commands]
    for at, row in sorted(rows):
        table.add_row(f"{at.astimezone():%H:%M}", *row)
    screen.print(table)
    visits, uses = count_of(len(day.visits), "visit"), count_of(day.camera_uses, "time")
    screen.print(f"\n{day.day:%d %B %Y}: {visits}; the camera was opened {uses}.")


def _row(record: VisitRecord) -> tuple[str, str, str]:
    visit, entry = record.visit, record.entry
    outcome = Outcome(visit.outcome).words
    if visit.detail:
        outcome += f": {visit.detail}"
    if entry and visit.outcome == Outcome.QUEUED:
        outcome += f" ({entry.state.value})"
    mood = ""
    if record.reading:
        mood = f"{record.reading.emotion} {record.reading.confidence:.0%}"
    elif entry and entry.why.get("mood", {}).get("name"):
        mood = f"{entry.why['mood']['name']} (by hand)"
    elif entry and list(entry.why.get("sources", {})) == ["listening"]:
        mood = "by listening"
    return "opened" if visit.camera else "", mood, outcome

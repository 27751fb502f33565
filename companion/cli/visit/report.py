"""The report of a week or a month, which `companion history` prints."""

from collections.abc import Iterator
from typing import Any

from companion.affect import Quadrant
from companion.agent.visit.report import Report
from companion.cli.output import bar, console, count_of, plain_table

SCHEMA = 1


def describe_report(report: Report) -> dict[str, Any]:
    """Give the report as data."""
    return {
        "schema": SCHEMA,
        "first": report.first.isoformat(),
        "last": report.last.isoformat(),
        "visits": report.visits,
        "outcomes": {outcome.value: number for outcome, number in report.outcomes.items()},
        "camera_uses": report.camera_uses,
        "endings": {state.value: number for state, number in report.endings.items()},
        "heard_out": report.heard_out,
        "moods": {quadrant.value: report.moods.get(quadrant, 0) for quadrant in Quadrant},
        "strategies": dict(report.strategies),
        "artists": dict(report.artists),
        "queued_by_day": {day.isoformat(): number for day, number in report.queued_by_day.items()},
    }


def show_report(report: Report) -> None:
    """Print the report for people."""
    screen = console()
    span = f"{report.first:%d %B} to {report.last:%d %B %Y}"
    if not report.visits and not report.camera_uses:
        screen.print(f"No visits from {span}.")
        return
    screen.print(span, style="bold")
    for line in _lines(report):
        screen.print(line, soft_wrap=True)
    _show_bars("moods that were read", _moods(report))
    _show_bars("queued by day", _days(report))


def _lines(report: Report) -> Iterator[str]:
    uses = count_of(report.camera_uses, "time")
    yield f"{count_of(report.visits, 'visit')}; the camera was opened {uses}."
    queued = sum(report.endings.values())
    endings = ", ".join(f"{number} {state.value}" for state, number in report.endings.items())
    yield f"{count_of(queued, 'track')} queued" + (f": {endings}." if queued else ".")
    if report.heard_out is not None:
        yield f"Of those finished or skipped, {report.heard_out:.0%} were heard to the end."
    if report.strategies:
        yield "Strategies: " + ", ".join(f"{k} {n}" for k, n in report.strategies.items())
    if report.artists:
        yield "Most queued: " + ", ".join(f"{name} {n}" for name, n in report.artists)


def _moods(report: Report) -> dict[str, int]:
    return {one.words: report.moods[one] for one in Quadrant if report.moods.get(one)}


def _days(report: Report) -> dict[str, int]:
    return {f"{day:%a %d %b}": number for day, number in report.queued_by_day.items()}


def _show_bars(title: str, counts: dict[str, int]) -> None:
    if not any(counts.values()):
        return
    table = plain_table(title, no_wrap=True)
    table.add_column("", justify="right")
    table.add_column("")
    most = max(counts.values())
    for name, number in counts.items():
        table.add_row(name, str(number), bar(number / most))
    screen = console()
    screen.print()
    screen.print(table)

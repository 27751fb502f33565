"""`companion run`, and the commands to a running agent: `pause`, `resume`, `visit-now`, `logs`."""

import os
import re
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from companion.agent.visit.outcome import Outcome
from companion.cli.camera import Source, parse_source
from companion.cli.home import open_home
from companion.cli.output import Json, print_json
from companion.cli.visit.describe import exit_code
from companion.errors import SourceUnreadable, StoreError, UsageError
from companion.paths import is_file
from companion.store.history.overrides import Pause, drop_pause, save_pause

VISIT_DEADLINE_S = 150.0  # the worker may have to start, and another job to end first
FOLLOW_INTERVAL_S = 0.5
MORNING_HOUR = 6  # of the local day; "until tomorrow" ends then


def run(*, source: Source = None) -> None:
    """Run the agent until Ctrl-C: it makes visits by itself.

    `companion service install` starts it at every sign-in.
    """
    from companion.agent.service.serve import serve

    home = open_home()
    shown = None if source is None else parse_source(source, home)
    if isinstance(shown, Path) and not is_file(shown):
        raise SourceUnreadable(f"There is no file {shown}.")

    def say_started() -> None:
        typer.echo("The agent runs until Ctrl-C; `companion status` shows what it does.")
        if not home.config.spotify.client_id:
            typer.echo("No Client ID is set, so it cannot ask Spotify: run `companion setup`.")

    serve(home.paths, home.config, shown, say_started)


def pause(
    *,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="For example 30m, 1h or 1h30m.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="tomorrow|HH:MM", help="Tomorrow means 6 a.m.")
    ] = None,
) -> None:
    """Keep the camera off, until you resume or for a while."""
    now = datetime.now(UTC)
    end = find_end(for_, until, now)
    home = open_home()
    with home.store() as db:
        save_pause(db, Pause(now, end))
    home.wake_agent()
    typer.echo(f"Paused until {end.astimezone():%d %B %H:%M}." if end else "Paused.")


def resume() -> None:
    """End a pause."""
    home = open_home()
    with home.store() as db:
        paused = drop_pause(db)
    home.wake_agent()
    typer.echo("Resumed." if paused else "It was not paused.")


def visit_now(*, as_json: Json = False) -> None:
    """Have the agent make a visit now, even if paused.

    The exit code is 1 if no visit was made, for example because nothing is playing.
    """
    from companion.agent.service.control import ask

    ended = ask(open_home().paths, "visit-now", VISIT_DEADLINE_S)
    words = Outcome(ended["reason"]).words.capitalize()
    if as_json:
        print_json(ended)
    else:
        typer.echo(f"{words}: {ended['detail']}" if ended["detail"] else words)
    raise typer.Exit(exit_code(ended["outcome"]))


def logs(
    *,
    lines: Annotated[
        int, typer.Option("-n", metavar="N", min=0, help="How many lines to show.")
    ] = 20,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Follow the log until Ctrl-C.")
    ] = False,
) -> None:
    """Print the end of the log."""
    file = open_home().paths.log
    if not os.path.lexists(file):
        raise UsageError("There is no log yet.", "Run a command that writes to it first.")
    if not is_file(file):
        raise StoreError(f"{file} is not a file, so nothing is logged.", "Remove it.")
    try:
        with file.open(encoding="utf-8", errors="replace") as stream:
            end, place = "".join(deque(stream, lines)), stream.tell()
    except OSError as error:
        raise StoreError(
            f"The log {file} cannot be read: {error.strerror}.", "Make it yours and readable."
        ) from error
    typer.echo(end, nl=False)
    while follow:
        place = _print_new(file, place)
        time.sleep(FOLLOW_INTERVAL_S)


def find_end(for_: str | None, until: str | None, now: datetime) -> datetime | None:
    """Read the end of a pause, None if neither is given; raise a UsageError for both."""
    if for_ is not None and until is not None:
        raise UsageError("Give --for or --until, not both.")
    if for_ is not None:
        return now + parse_span(for_)
    return None if until is None else parse_time(until, now)


def parse_span(text: str) -> timedelta:
    """Read a span of time, 30m, 1h, 1h30m or 2d; raise a UsageError for any other text."""
    found = re.fullmatch(r"(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?", text.strip().lower())
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    span = timedelta(days=days, hours=hours, minutes=minutes)
    if not span:
        raise UsageError(f"{text!r} is not a duration.", "Write it as 30m, 1h or 1h30m.")
    return span


def parse_time(text: str, now: datetime) -> datetime:
    """Read a time, the next local HH:MM or tomorrow's morning; raise a UsageError for others."""
    local = now.astimezone()
    if text.strip().lower() == "tomorrow":
        day = local.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)
        return _localised(day + timedelta(days=1))
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip())
    if not found:
        raise UsageError(
            f"{text!r} is not a time of day.", "Write tomorrow, or a time such as 18:30."
        )
    end = local.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    return _localised(end if end > local else end + timedelta(days=1))


def _localised(moment: datetime) -> datetime:
    """Give the same time of day under the zone's rules of that day, in UTC."""
    return moment.replace(tzinfo=None).astimezone(UTC)


def _print_new(file: Path, place: int) -> int:
    """Print what was added; all of it if the log was begun anew."""
    if file.stat().st_size < place:
        place = 0
    with file.open(encoding="utf-8", errors="replace") as stream:
        stream.seek(place)
        typer.echo(stream.read(), nl=False)
        return stream.tell()

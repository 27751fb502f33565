"""`companion sync` and `library`: the tracks, and what is known of their moods."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from companion.affect import Quadrant
from companion.cli.home import Home, open_home
from companion.cli.output import Json, bar, console, print_json, progress
from companion.errors import QuotaExceeded

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from companion.agent.library.sync import SyncSummary
    from companion.spotify.client import SpotifySession
    from companion.store.tags import TagCounts


def sync(*, as_json: Json = False) -> None:
    """Read your saved tracks from Spotify."""
    from companion.agent.quota import open_spotify

    home = open_home()
    with home.store() as db, open_spotify(db, home.config.spotify) as session:
        summary = run_sync(db, home, session)
    if as_json:
        print_json(
            {
                "tracks": summary.tracks,
                "added": summary.added,
                "removed": summary.removed,
                "skipped": summary.skipped,
                "whole": summary.whole,
            }
        )
        return
    typer.echo(f"{summary.tracks} tracks: {summary.added} new, {summary.removed} gone.")
    for reason, count in sorted(summary.skipped.items()):
        typer.echo(f"  passed over: {count} x {reason}")


def run_sync(db: sqlite3.Connection, home: Home, session: SpotifySession) -> SyncSummary:
    """Sync with a progress bar."""
    from companion.agent.library.sync import sync_library
    from companion.store.library import count_tracks

    playlists = home.config.spotify.playlists
    try:
        with progress("Library") as report:
            return sync_library(db, session, datetime.now(UTC), report, playlists=playlists)
    except QuotaExceeded as error:
        raise QuotaExceeded(
            f"{error} {count_tracks(db)} tracks are read; the next sync goes on from there.",
            retry_at=error.retry_at,
        ) from error


def library(
    *,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw every track on the plane of moods: PNG, SVG, PDF."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show how much of the library is tagged, and why not the rest."""
    from companion.plots import check_file
    from companion.store.tags import count_tags, tag_places
    from companion.weights import open_model

    if plot:
        check_file(plot)
    with open_home().store() as db:
        counts = count_tags(db)
        places = tag_places(db) if plot else []
    model = open_model("track_mood").label
    if plot:
        from companion.cli.library.map_plot import draw_map

        draw_map(places, plot)
    if as_json:
        print_json(_describe(counts, model))
    else:
        _show(counts, model)


def _describe(counts: TagCounts, model: str) -> dict[str, Any]:
    return {
        "tracks": counts.tracks,
        "tagged": counts.tagged,
        "quadrants": {quadrant.value: number for quadrant, number in counts.quadrants.items()},
        "providers": counts.providers,
        "matched_by": counts.matches,
        "untried": _untried(counts),
        "untagged": counts.reasons,
        "next_try": counts.retry_at.isoformat() if counts.retry_at else None,
        "model": model,
        "outdated": _outdated(counts, model),
    }


def _untried(counts: TagCounts) -> int:
    return counts.tracks - counts.tagged - sum(counts.reasons.values())


def _outdated(counts: TagCounts, model: str) -> int:
    return counts.tagged - counts.models.get(model, 0)


def _show(counts: TagCounts, model: str) -> None:
    screen = console()
    screen.print(f"{counts.tagged} of {counts.tracks} tracks are tagged")
    for quadrant in Quadrant:
        number = counts.quadrants[quadrant]
        share = number / counts.tagged if counts.tagged else 0
        screen.print(f"  {quadrant.value} {quadrant.words:15} {number:6} {bar(share)}")
    for line in _lines(counts, model):
        screen.print(line, soft_wrap=True)


def _lines(counts: TagCounts, model: str) -> Iterator[str]:
    for name, number in sorted(counts.providers.items()):
        yield f"  clips from {name}: {number}, {number / counts.tracks:.0%} of the library"
    if counts.tagged:
        ways = ", ".join(f"{number} by {way}" for way, number in sorted(counts.matches.items()))
        yield f"  matched: {ways}"
    for reason, number in sorted(counts.reasons.items()):
        yield f"  not tagged, {reason.replace('_', ' ')}: {number}"
    if untried := _untried(counts):
        yield f"  not tried yet: {untried}"
    if counts.retry_at and counts.reasons:
        yield f"  the next of those that failed is tried again from {_day(counts.retry_at)}"
    if outdated := _outdated(counts, model):
        yield f"  {outdated} tags are of older weights than {model}: in use, renewed day by day"
    if not counts.tracks:
        yield "Next: companion sync"
    elif untried or (counts.retry_at and counts.retry_at <= datetime.now(UTC)):
        yield "Next: companion tag"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone():%d %B, %H:%M}"

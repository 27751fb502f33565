"""`companion sync` and `library`: the tracks, and what is known of their moods."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from companion.affect import Quadrant
from companion.cli.home import Home, open_home
from companion.cli.output import Json, bar, console, print_json, progress

if TYPE_CHECKING:
    import sqlite3

    from companion.agent.sync import SyncSummary
    from companion.spotify.session import SpotifySession


def sync(*, as_json: Json = False) -> None:
    """Read your saved tracks from Spotify."""
    from companion.agent.gate import open_spotify

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
    from companion.agent.sync import sync_library

    with progress("Library") as report:
        playlists = home.config.spotify.playlists
        return sync_library(db, session, datetime.now(UTC), report, playlists=playlists)


def library(*, as_json: Json = False) -> None:
    """Show how much of the library is tagged, and with what."""
    from companion.store.tags import count_tags

    with open_home().store() as db:
        counts = count_tags(db)
    if as_json:
        print_json(
            {
                "tracks": counts.tracks,
                "tagged": counts.tagged,
                "quadrants": {quadrant.value: n for quadrant, n in counts.quadrants.items()},
                "untagged": counts.reasons,
                "providers": counts.providers,
            }
        )
        return
    screen = console()
    screen.print(f"{counts.tagged} of {counts.tracks} tracks are tagged")
    for quadrant in Quadrant:
        number = counts.quadrants[quadrant]
        share = number / counts.tagged if counts.tagged else 0
        screen.print(f"  {quadrant.value} {quadrant.words:15} {number:6} {bar(share)}")
    for name, number in sorted(counts.providers.items()):
        screen.print(f"  clips from {name}: {number}")
    for reason, number in sorted(counts.reasons.items()):
        screen.print(f"  not tagged, {reason.replace('_', ' ')}: {number}")
    if not counts.tracks:
        screen.print("Next: companion sync")
    elif counts.tagged < counts.tracks:
        screen.print("Next: companion tag")

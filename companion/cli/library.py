"""`companion sync`, `tag` and `library`: the tracks and their moods."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from companion.affect import Quadrant
from companion.cli.home import Home, open_home
from companion.cli.output import Json, bar, console, print_json, progress
from companion.errors import Interrupted, UsageError

if TYPE_CHECKING:
    import sqlite3

    from companion.agent.sync import SyncSummary
    from companion.agent.tagging import TagSummary
    from companion.spotify.session import SpotifySession


def sync(*, as_json: Json = False) -> None:
    """Read your saved tracks from Spotify."""
    from companion.agent.gate import open_spotify

    home = open_home()
    with home.store() as db, open_spotify(db, home.config.spotify) as session:
        summary = run_sync(db, session)
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


def run_sync(db: sqlite3.Connection, session: SpotifySession) -> SyncSummary:
    """Sync with a progress bar."""
    from companion.agent.sync import sync_library

    with progress("Library") as report:
        return sync_library(db, session.saved_tracks, datetime.now(UTC), report)


def tag(
    *,
    jobs: Annotated[
        int, typer.Option(min=1, max=64, help="How many processes listen at once.")
    ] = 1,
    again: Annotated[bool, typer.Option(help="Tag every track anew.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Tag at most so many.")] = None,
    as_json: Json = False,
) -> None:
    """Listen to a clip of each track and tag it with a mood.

    It may be stopped and run again: no track is heard twice. Tracks without a usable clip
    are tried again later, after waits that grow. When a new version brings other weights,
    a part of the old tags is renewed on each day; --again renews all at once.
    """
    home = open_home()
    with home.store() as db:
        summary = run_tag(db, home, jobs=jobs, again=again, limit=limit)
    if as_json:
        print_json({"tagged": summary.tagged, "untagged": summary.reasons})
        return
    typer.echo(f"{summary.tagged} tracks tagged.")
    for reason, count in sorted(summary.reasons.items()):
        typer.echo(f"  no tag: {count} x {reason}")


def run_tag(
    db: sqlite3.Connection,
    home: Home,
    *,
    jobs: int = 1,
    again: bool = False,
    limit: int | None = None,
) -> TagSummary:
    """Tag what is due, with a progress bar."""
    from companion.agent.clip_sources import make_providers
    from companion.agent.tag_workers import TagWorkers, tag_in_workers
    from companion.music.clips.search import find_clip
    from companion.store.tags import due_tracks
    from companion.store.tracks import count_tracks
    from companion.weights import open_model

    providers = make_providers(home.config.clips, db)
    label = open_model("track_mood").label
    if not count_tracks(db):
        raise UsageError("The library is empty.", "Run `companion sync` first.")
    tracks = due_tracks(db, label, datetime.now(UTC), again=again)[:limit]
    done = 0
    with progress("Moods") as report, TagWorkers(jobs) as workers:
        report(0, len(tracks))

        def advance(*_: object) -> None:
            nonlocal done
            done += 1
            report(done, len(tracks))

        try:
            return tag_in_workers(
                db,
                tracks,
                lambda query: find_clip(providers, query),
                workers,
                lambda: datetime.now(UTC),
                advance,
            )
        except KeyboardInterrupt:
            raise Interrupted(f"Interrupted after {done} of {len(tracks)} tracks.") from None


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

"""`companion tag`: a mood for each track, from a clip of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from companion.cli.home import Home, open_home
from companion.cli.library.library import untagged_words
from companion.cli.output import Json, count_of, print_json, progress
from companion.errors import Interrupted, UsageError
from companion.store.tracks.library import count_tracks
from companion.weights import open_model

if TYPE_CHECKING:
    from companion.agent.library.tagging import Tagger, TagSummary


def tag(
    *,
    jobs: Annotated[
        int, typer.Option(metavar="N", min=1, max=64, help="How many processes tag in parallel.")
    ] = 1,
    again: Annotated[bool, typer.Option("--again", help="Tag every track again.")] = False,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Tag at most this many tracks.")
    ] = None,
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
    typer.echo(f"{count_of(summary.tagged, 'track')} tagged.")
    for reason, count in sorted(summary.reasons.items()):
        typer.echo(f"  not tagged, {untagged_words(reason)}: {count}")


def run_tag(
    db: sqlite3.Connection,
    home: Home,
    *,
    jobs: int | None = None,
    again: bool = False,
    limit: int | None = None,
) -> TagSummary:
    """Tag what is due, with a progress bar; in this process if `jobs` is None."""
    from companion.agent.library.clip_sources import make_providers
    from companion.agent.library.order import due_tracks
    from companion.agent.library.tagging import tag_tracks
    from companion.agent.models.worker import open_workers
    from companion.music.clips.search import find_clip

    providers = make_providers(home.config.clips, db)
    label = open_model("track_mood").label
    if not count_tracks(db):
        raise UsageError("The library is empty.", "Run `companion sync` first.")
    tracks = due_tracks(db, label, _now(), again=again)[:limit]
    taggers = _own_tagger() if jobs is None else open_workers(jobs, home.paths.cache)
    done = 0
    with progress("Moods") as report, taggers as ready:
        report(0, len(tracks))

        def advance(*_: object) -> None:
            nonlocal done
            done += 1
            report(done, len(tracks))

        try:
            return tag_tracks(db, tracks, partial(find_clip, providers), ready, _now, advance)
        except KeyboardInterrupt:
            raise Interrupted(f"Interrupted after {done} of {len(tracks)} tracks.") from None


def _own_tagger() -> AbstractContextManager[Sequence[Tagger]]:
    from companion.music.tag import Tagger

    return nullcontext([Tagger()])


def _now() -> datetime:
    return datetime.now(UTC)

"""`companion tag`: a mood for each track, from a clip of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
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
    from companion.agent.library.renewal import FeatureTagger
    from companion.agent.library.tagging import TagSummary
    from companion.agent.models.worker import Worker
    from companion.music.tag import Tagger
    from companion.track import Track


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

    You can stop it and run it again: no track is heard twice. Tracks without a usable clip are
    retried later, at growing intervals. When a new version brings new weights, old tags are
    renewed from the features that were kept; where that is not possible, some of the clips are
    heard again each day. --again hears them all at once.
    """
    home = open_home()
    with home.store() as db:
        summary = run_tag(db, home, jobs=jobs, again=again, limit=limit)
    if as_json:
        print_json(
            {"tagged": summary.tagged, "renewed": summary.renewed, "untagged": summary.reasons}
        )
        return
    typer.echo(f"{count_of(summary.tagged, 'track')} tagged.")
    if summary.renewed:
        typer.echo(f"{count_of(summary.renewed, 'older tag')} renewed without their clips.")
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
    from companion.agent.library.tagging import tag_tracks
    from companion.agent.library.tagging_order import due_tracks
    from companion.agent.models.worker import open_workers
    from companion.music.clips.search import find_clip

    providers = make_providers(home.config.clips, db)
    label = open_model("track_mood").label
    if not count_tracks(db):
        raise UsageError("The library is empty.", "Run `companion sync` first.")
    taggers: AbstractContextManager[Sequence[Tagger | Worker]]
    taggers = _own_tagger() if jobs is None else open_workers(jobs, home.paths.cache)
    done = 0
    tracks: list[Track] = []
    with taggers as ready:
        try:
            renewed = 0 if again else _renew(db, ready[0], label)
            tracks = due_tracks(db, label, _now(), again=again)[:limit]
            with progress("Moods") as report:
                report(0, len(tracks))

                def advance(*_: object) -> None:
                    nonlocal done
                    done += 1
                    report(done, len(tracks))

                find = partial(find_clip, providers)
                tagged = tag_tracks(db, tracks, find, ready, _now, advance)
        except KeyboardInterrupt:
            raise Interrupted(f"Interrupted after {done} of {len(tracks)} tracks.") from None
    return replace(tagged, renewed=renewed)


def _renew(db: sqlite3.Connection, tagger: FeatureTagger, label: str) -> int:
    from companion.agent.library.renewal import renew_tags
    from companion.music.features_version import VERSION
    from companion.store.tracks.features import find_renewable

    if not find_renewable(db, label, VERSION):
        return 0
    with progress("Older tags") as report:
        return renew_tags(db, tagger, label, lambda done, due: report(done, due) is None)


def _own_tagger() -> AbstractContextManager[Sequence[Tagger]]:
    from companion.music.tag import Tagger

    return nullcontext([Tagger()])


def _now() -> datetime:
    return datetime.now(UTC)

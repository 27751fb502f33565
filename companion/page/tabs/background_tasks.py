"""The background tasks that tabs start: reading the library, tagging it, signing in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from companion.errors import UsageError
from companion.page.context import Context, Given, text_of
from companion.page.live.task_runner import Progress

SYNC, TAG, SIGN_IN = "sync", "tag", "sign_in"


def show_tasks(context: Context, _: Given) -> dict[str, Any]:
    """Give the last state of each kind of task."""
    return context.tasks.describe()


def start_task(context: Context, given: Given) -> dict[str, Any]:
    """Start a task.

    Raises:
        UsageError: its kind is unknown, or it is running.
    """
    kind = text_of(given, "kind")
    if kind not in TASKS:
        raise UsageError("This task is unknown.", "Reload the page.")
    function = TASKS[kind]
    context.tasks.start(kind, lambda progress: function(context, progress))
    return {}


def stop_task(context: Context, given: Given) -> dict[str, Any]:
    """Have a task end; what is done stays done."""
    context.tasks.stop(text_of(given, "kind"))
    return {}


def _now() -> datetime:
    return datetime.now(UTC)


def _sync(context: Context, progress: Progress) -> Mapping[str, Any]:
    from companion.agent.library.sync import sync_library
    from companion.agent.quota import open_spotify

    settings = context.config.spotify
    with context.store() as db, open_spotify(db, settings) as session:
        summary = sync_library(db, session, _now(), progress, playlists=settings.playlists)
    context.tell_agent("wake")
    return {"tracks": summary.tracks, "added": summary.added, "removed": summary.removed}


def _tag(context: Context, progress: Progress) -> Mapping[str, Any]:
    """Tag in a worker process, so that this one stays small."""
    from companion.agent.library.clip_sources import make_providers
    from companion.agent.library.tagging import tag_tracks
    from companion.agent.library.tagging_order import due_tracks
    from companion.agent.models.worker import open_workers
    from companion.music.clips.search import find_clip
    from companion.store.tracks.library import count_tracks
    from companion.weights import open_model

    with context.store() as db:
        providers = make_providers(context.config.clips, db)
        if not count_tracks(db):
            raise UsageError("The library is empty.", "Read it from Spotify first.")
        tracks = due_tracks(db, open_model("track_mood").label, _now(), again=False)
        done = 0
        progress(done, len(tracks))

        def advance(*_: object) -> None:
            nonlocal done
            done += 1
            progress(done, len(tracks))

        with open_workers(1, context.paths.cache) as workers:
            summary = tag_tracks(
                db, tracks, lambda query: find_clip(providers, query), workers, _now, advance
            )
    context.tell_agent("wake")
    return {"tagged": summary.tagged, "reasons": summary.reasons}


def _sign_in(context: Context, progress: Progress) -> Mapping[str, Any]:
    """Let the user consent; Spotify's page is opened from here, as its address holds a secret."""
    import webbrowser

    from companion.agent.service.sign_in import keep_sign_in
    from companion.spotify.auth.login import sign_in

    progress(0, None)
    consent = sign_in(context.config.spotify, show=webbrowser.open)
    with context.store() as db:
        keep_sign_in(db, consent)
    context.tell_agent("wake")
    return {"days": consent.days_left(_now().date())}


TASKS: Mapping[str, Callable[[Context, Progress], Mapping[str, Any]]] = {
    SYNC: _sync,
    TAG: _tag,
    SIGN_IN: _sign_in,
}

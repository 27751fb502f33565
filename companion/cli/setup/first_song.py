"""The last but one step of `companion setup`: from nothing to a first song, within minutes."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

from companion.affect import FaceReading
from companion.agent.quota import open_spotify
from companion.agent.visit.outcome import Outcome
from companion.cli import camera
from companion.cli.library.library import run_sync
from companion.cli.library.tag import run_tag
from companion.cli.library.tagging_progress import tagging_progress
from companion.cli.setup.guide import Guide, complain, say
from companion.cli.visit.describe import show_visit
from companion.cli.visit.once import run_visit
from companion.errors import ClipError
from companion.store.history.queue import nth_newest
from companion.store.tracks.library import count_tracks
from companion.store.tracks.tags import count_tagged, has_tags

if TYPE_CHECKING:
    from companion.spotify.client import SpotifySession

FIRST = 50  # tracks, of as many artists: then each quadrant has some that fit
FIRST_SONG_WORDS = """
Your saved tracks are read, and 50 from all over your library are tagged by
their clips: what you played recently first. Then one visit: a look, a pick,
one track added to Spotify's queue. The agent goes on with the rest.
"""


def find_first_song(guide: Guide) -> None:
    """Read the library, tag a varied fifty and offer one visit."""
    if lacking := _lacking(guide):
        say(f"It needs {lacking} first.")
        guide.leave_out("companion setup", "find your first song")
        return
    home = guide.home
    with home.store() as db:
        if nth_newest(db, 1) and guide.answers.first_song is None:
            say("Your first song is already queued.")
            return
    say(FIRST_SONG_WORDS)
    if not guide.agree("Find your first song now?", guide.answers.first_song, default=True):
        guide.leave_out("companion setup", "find your first song")
        return
    with home.store() as db, open_spotify(db, home.config.spotify) as session:
        run_sync(db, home, session)
        _tag_first(guide, db)
        if not has_tags(db):
            say("No track is tagged yet, so none can be picked.")
            guide.remember("companion library", "why no track is tagged")
            return
        _offer_visit(guide, db, session)
        if more := tagging_progress(db, home):
            say(f"Picked from what is tagged so far: {more}.")


def _lacking(guide: Guide) -> str:
    """Name what must be there first; "" where all is."""
    if not guide.config.spotify.client_id or guide.consent() is None:
        return "the sign-in"
    return "" if guide.config.clips.providers else "a source of clips"


def _tag_first(guide: Guide, db: sqlite3.Connection) -> None:
    """Tag what lacks to the first fifty; goes on with fewer where the source gives no more."""
    lacking = min(FIRST, count_tracks(db)) - count_tagged(db)
    if lacking <= 0:
        return
    workers = max(1, min(4, (os.cpu_count() or 2) // 2))
    try:
        run_tag(db, guide.home, jobs=workers, limit=lacking)
    except ClipError as error:
        if not has_tags(db):
            raise
        complain(error)
    say(f"{count_tagged(db)} tracks are tagged.")


def _offer_visit(guide: Guide, db: sqlite3.Connection, session: SpotifySession) -> None:
    """Make a visit if the user agrees, and again as long as they wish and nothing is queued."""
    home = guide.home
    if not home.config.camera.enabled:
        say("The camera stays off. Set your mood by hand: companion mood calm")
        guide.remember("companion once", "queue a track by the mood that you set")
        return

    def look() -> FaceReading:
        return camera.look(home, home.config.camera.index)

    # agreeing to the first song without a terminal agrees to its visit
    given = None if guide.terminal and not guide.answers.all_yes else True
    question = "Play something in Spotify. Look at you and queue one song now?"
    while guide.agree(question, given, default=True):
        result = run_visit(home, db, session, look)
        show_visit(result)
        if result.error:
            complain(result.error)
        if result.outcome is Outcome.QUEUED or given:
            return
        question = "Nothing was queued. Try again?"
    guide.remember("companion once", "one visit by hand")

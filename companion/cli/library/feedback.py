"""`companion like`, `skip`, `block`, `unblock` and `undo`: feedback on tracks."""

import sqlite3
from datetime import UTC, datetime
from typing import Annotated

import typer

from companion.agent.playback.learn_trust import learn_from_feedback
from companion.agent.playback.learn_trust import undo as undo_last_word
from companion.agent.quota import open_spotify
from companion.agent.visit.mood import current_mood
from companion.cli.home import Home, open_home
from companion.errors import UsageError
from companion.names import fits_words
from companion.store.history.feedback import (
    Block,
    BlockKind,
    FeedbackKind,
    blocks,
    drop_block,
    save_block,
    save_feedback,
)
from companion.store.tracks.library import find_tracks
from companion.track import Track

MOST_NAMED = 5  # tracks, if the words fit several

Named = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TRACK", help="Its link, or words of its artist and title; default: what plays."
    ),
]
Artist = Annotated[bool, typer.Option("--artist", help="The main artist instead of the track.")]


def like(track: Named = None) -> None:
    """Say that a track suits the present mood."""
    _say(FeedbackKind.LIKE, " ".join(track or ()), "Liked")


def skip(track: Named = None) -> None:
    """Say that a track does not suit the present mood. It plays on: the companion stops nothing."""
    _say(FeedbackKind.SKIP, " ".join(track or ()), "Noted as not now")


def block(
    track: Named = None,
    *,
    artist: Artist = False,
    show: Annotated[bool, typer.Option("--list", help="Show what is blocked.")] = False,
) -> None:
    """Never queue a track again, or anything by its artist."""
    home = open_home()
    with home.store() as db:
        if show:
            lines = [f"{one.kind.value}: {one.byline}" for one in blocks(db)]
            typer.echo("\n".join(lines) or "Nothing is blocked.")
            return
        found = _block_of(_find(home, db, " ".join(track or ()), artist=artist), artist=artist)
        save_block(db, found, datetime.now(UTC))
    typer.echo(f"Blocked: {found.byline}")


def unblock(track: Named = None, *, artist: Artist = False) -> None:
    """Remove a block."""
    home, text = open_home(), " ".join(track or ())
    with home.store() as db:
        found = _find_block(db, text, artist=artist)
        if found is None:
            found = _block_of(_find(home, db, text, artist=artist), artist=artist)
        gone = drop_block(db, found.kind, found.name)
    typer.echo(f"Unblocked: {found.byline}" if gone else f"{found.byline} was not blocked.")


def undo() -> None:
    """Undo the last like, skip, block, wrong, mood or moved track."""
    home = open_home()
    with home.store() as db:
        undone = undo_last_word(db)
    home.wake_agent()
    words = f"Undone: {undone.command} {undone.name}".rstrip() if undone else ""
    typer.echo(words or "There is nothing to undo.")


def _say(kind: FeedbackKind, text: str, done: str) -> None:
    home, now = open_home(), datetime.now(UTC)
    with home.store() as db:
        found = _find(home, db, text)
        mood = current_mood(db, home.config.choose, now)
        region = mood.affect.quadrant.value if mood else None
        replaced = save_feedback(db, found, kind, region, now)
        learn_from_feedback(db, found.id, kind, now)
    when = f"when {mood.affect.quadrant.words}" if mood else "in every mood, as yours is unknown"
    before = f"; this replaces your {replaced}" if replaced else ""
    typer.echo(f"{done}: {found.byline} ({when}){before}")


def _find(home: Home, db: sqlite3.Connection, text: str, *, artist: bool = False) -> Track:
    """Find the track that the words name, or the one that plays; raise a UsageError for none.

    Several that fit are one too, but an artist is named well enough if all have the same main one.
    """
    if not text:
        return _playing(home, db)
    found = find_tracks(db, text, MOST_NAMED + 1)
    if not found:
        raise UsageError(f"No track in your library is called {text!r}.", "Give its Spotify link.")
    if len(found) == 1 or (artist and len({one.artist for one in found}) == 1):
        return found[0]
    names = "".join(f"\n  {one.byline}  {one.uri}" for one in found[:MOST_NAMED])
    more = "\n  ..." if len(found) > MOST_NAMED else ""
    raise UsageError(
        f"Several tracks are called {text!r}:{names}{more}",
        "Add words of artist or title until one is left, or give its link.",
    )


def _playing(home: Home, db: sqlite3.Connection) -> Track:
    with open_spotify(db, home.config.spotify) as session:
        player = session.player()
    if player is None or player.track is None or not player.track.id:
        raise UsageError("Spotify is not playing a track.", "Name a track.")
    return player.track


def _block_of(track: Track, *, artist: bool) -> Block:
    if not artist:
        return Block(BlockKind.TRACK, track.id, track.byline)
    if not track.artist:
        raise UsageError(f"Spotify lists no artist for {track.title!r}.", "Block the track.")
    return Block(BlockKind.ARTIST, track.artist, track.artist)


def _find_block(db: sqlite3.Connection, text: str, *, artist: bool) -> Block | None:
    """Find the one block that the words name, also of a track that has left the library."""
    kind = BlockKind.ARTIST if artist else BlockKind.TRACK
    found = [
        one for one in blocks(db) if one.kind is kind and fits_words(text, one.byline) is not None
    ]
    return found[0] if len(found) == 1 else None

"""`companion sync` and `library`: the tracks, their tags and the map of them."""

from __future__ import annotations

import difflib
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from companion.affect import Affect, Quadrant
from companion.agent.quota import open_spotify
from companion.cli.home import Home, open_home
from companion.cli.library.tagging_progress import tagging_progress
from companion.cli.output import (
    Dark,
    Json,
    bar,
    console,
    count_of,
    palette,
    print_json,
    progress,
    say_drawn,
)
from companion.errors import Interrupted, QuotaExceeded, UsageError
from companion.plots import Palette, check_file, draw_plane, open_plot
from companion.store.tracks.library import count_tracks
from companion.store.tracks.tags import TagCounts, count_tagged, count_tags, tag_places
from companion.store.tracks.track_map import MapTrack, count_words, read_map
from companion.weights import open_model

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.console import Console

    from companion.agent.library.sync import SyncSummary
    from companion.spotify.client import SpotifySession

MOST_DOTS = 2_000  # beyond, dots hide each other, and the map counts in cells
CELLS = 60  # along each axis
MOST_LISTED = 20  # tracks, of those that sound as was asked for


def sync(*, as_json: Json = False) -> None:
    """Read your saved tracks from Spotify."""
    home = open_home()
    with home.store() as db, open_spotify(db, home.config.spotify) as session:
        summary = run_sync(db, home, session)
    if as_json:
        print_json(asdict(summary))
        return
    typer.echo(f"{summary.tracks} tracks: {summary.added} new, {summary.removed} gone.")
    for reason, count in sorted(summary.skipped.items()):
        typer.echo(f"  left out, {reason.replace('_', ' ')}: {count}")


def run_sync(db: sqlite3.Connection, home: Home, session: SpotifySession) -> SyncSummary:
    """Sync with a progress bar."""
    from companion.agent.library.sync import sync_library

    playlists = home.config.spotify.playlists
    try:
        with progress("Library") as report:
            return sync_library(db, session, datetime.now(UTC), report, playlists=playlists)
    except KeyboardInterrupt:
        raise Interrupted(f"Interrupted: {count_of(count_tracks(db), 'track')} are read.") from None
    except QuotaExceeded as error:
        raise QuotaExceeded(
            f"{error} {count_tracks(db)} tracks are read; the next sync goes on from there.",
            retry_at=error.retry_at,
        ) from error


def library(
    *,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw every track on the affect plane: PNG, SVG, PDF."),
    ] = None,
    heard: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD",
            help="Only tracks that sound like this: acoustic, slow; repeatable.",
        ),
    ] = None,
    dark: Dark = False,
    as_json: Json = False,
) -> None:
    """Show how many tracks are tagged, and why the rest are not.

    With --heard: the tracks that match, and their map.
    """
    if plot:
        check_file(plot)
    home = open_home()
    if heard:
        _show_heard(home, [word.strip().lower() for word in heard], plot, dark=dark, json=as_json)
        return
    with home.store() as db:
        counts = count_tags(db)
        words = count_words(db)
        places = tag_places(db) if plot else []
        more = tagging_progress(db, home)
    model = open_model("track_mood").label
    if plot:
        draw_map(places, plot, palette(dark=dark))
        say_drawn(plot)
    if as_json:
        print_json(_describe(counts, model) | {"heard": words})
    else:
        _show(counts, words, model, more)


def _show_heard(
    home: Home, words: Sequence[str], plot: Path | None, *, dark: bool, json: bool
) -> None:
    """Show the tracks for which all of the words are said."""
    with home.store() as db:
        _check_words(words, count_words(db))
        found = list(read_map(db, words))
        tagged = count_tagged(db)
    said = " and ".join(words)
    if plot:
        places = [one.tagged.affect for one in found]
        draw_map(places, plot, palette(dark=dark), f"{len(places):,} tracks that sound {said}")
        say_drawn(plot)
    if json:
        print_json(
            {"heard": words, "tagged": tagged, "tracks": [_describe_heard(o) for o in found]}
        )
        return
    screen = console()
    verb = "sounds" if len(found) == 1 else "sound"
    screen.print(f"{len(found)} of {count_of(tagged, 'tagged track')} {verb} {said}")
    _show_quadrants(screen, Counter(one.tagged.affect.quadrant for one in found))
    for one in found[:MOST_LISTED]:
        screen.print(f"  {one.tagged.track.byline}: {_heard_words(one)}", soft_wrap=True)
    if len(found) > MOST_LISTED:
        screen.print(f"  and {len(found) - MOST_LISTED} more; --json has all")


def _check_words(words: Sequence[str], known: Mapping[str, int]) -> None:
    """Refuse a word that is said of no track, with the nearest of those that are."""
    unknown = next((word for word in words if word not in known), None)
    if unknown is None:
        return
    close = difflib.get_close_matches(unknown, known, 1, 0.6)
    hint = f" Did you mean {close[0]}?" if close else ""
    remedy = f"Words: {', '.join(known)}." if known else "Run `companion tag` first."
    raise UsageError(f"No track of your library sounds {unknown!r}.{hint}", remedy)


def _describe_heard(one: MapTrack) -> dict[str, Any]:
    track = one.tagged.track
    return {
        "uri": track.uri,
        "title": track.title,
        "artists": track.artists,
        **asdict(one.tagged.affect),
        "tempo": one.tempo,
        "words": one.words,
    }


def _heard_words(one: MapTrack) -> str:
    return f"{', '.join(one.words)}, {one.tempo:.0f} bpm; {one.tagged.affect.side}"


UNTAGGED_WORDS = {
    "no_clip": "no clip of it was found",
    "wrong_clip": "only other recordings were found",
    "damaged_clip": "its clip is damaged",
    "odd_answer": "the source's answer was invalid",
    "source_busy": "the source of clips was busy",
    "clip_failed": "its clip could not be read",
}
"""Why a track has no tag, by the reason that the store keeps."""


def untagged_words(reason: str) -> str:
    """Say why a track has no tag."""
    return UNTAGGED_WORDS.get(reason, reason.replace("_", " "))


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


def _show(counts: TagCounts, words: Mapping[str, int], model: str, more: str) -> None:
    screen = console()
    screen.print(f"{counts.tagged} of {counts.tracks} tracks are tagged")
    _show_quadrants(screen, counts.quadrants)
    if words:
        heard = ", ".join(f"{word} {number}" for word, number in words.items())
        screen.print(f"  heard: {heard}", soft_wrap=True)
    for line in _lines(counts, model, more):
        screen.print(line, soft_wrap=True)


def _show_quadrants(screen: Console, numbers: Mapping[Quadrant, int]) -> None:
    whole = sum(numbers.values())
    for quadrant in Quadrant:
        number = numbers[quadrant]
        share = number / whole if whole else 0
        screen.print(f"  {quadrant.value} {quadrant.words:15} {number:6} {bar(share)}")


def _lines(counts: TagCounts, model: str, more: str) -> Iterator[str]:
    for name, number in sorted(counts.providers.items()):
        yield f"  clips from {name}: {number}, {number / counts.tracks:.0%} of the library"
    if counts.tagged:
        ways = ", ".join(f"{number} by {way}" for way, number in sorted(counts.matches.items()))
        yield f"  matched: {ways}"
    for reason, number in sorted(counts.reasons.items()):
        yield f"  not tagged, {untagged_words(reason)}: {number}"
    if more:
        yield f"  {more}"
    if counts.retry_at and counts.reasons:
        due = f"{counts.retry_at.astimezone():%d %B, %H:%M}"
        yield f"  the next of those that failed is tried again from {due}"
    if outdated := _outdated(counts, model):
        yield f"  {outdated} tags are of older weights than {model}: in use, gradually renewed"
    if not counts.tracks:
        yield "Next: companion sync"
    elif _untried(counts) or (counts.retry_at and counts.retry_at <= datetime.now(UTC)):
        yield "Next: companion tag"


def draw_map(places: Sequence[Affect], file: Path, palette: Palette, title: str = "") -> None:
    """Draw where the tracks lie: dots, or where there are many, cells that count them."""
    with open_plot(file, size=(7.5, 7), palette=palette) as [axes]:
        draw_plane(axes, palette)
        if len(places) > MOST_DOTS:
            _draw_cells(axes, places, palette)
        else:
            _draw_dots(axes, places, palette)
        axes.set_title(title or f"{len(places):,} tracks, as they sound")


def _draw_dots(axes: Axes, places: Sequence[Affect], palette: Palette) -> None:
    for quadrant in Quadrant:
        own = [place for place in places if place.quadrant is quadrant]
        x, y = [place.valence for place in own], [place.arousal for place in own]
        axes.scatter(x, y, 16, palette.quadrants[quadrant], alpha=0.5, linewidths=0, zorder=3)


def _draw_cells(axes: Axes, places: Sequence[Affect], palette: Palette) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    cells = axes.hexbin(
        [place.valence for place in places],
        [place.arousal for place in places],
        gridsize=CELLS,
        extent=(-1, 1, -1, 1),
        bins="log",  # so that a cell with one track is seen beside one with hundreds
        mincnt=1,
        cmap=LinearSegmentedColormap.from_list("tracks", (palette.few, palette.many)),
        linewidths=0.1,
        zorder=3,
    )
    axes.figure.colorbar(cells, ax=axes, label="tracks in a cell", shrink=0.6)

"""The way to the first song of a new user with 2,000 liked songs, and how good the first picks are.

The commands are real processes, Spotify is the simulator. Clips are composed pieces: local
files, or a slow clip host. Whether a pick is right is known of the labelled clips only, which
lie beside the project; without them those rows are missing. Their library is put together so
that an artist keeps to a mood, and the newest songs are of one phase, as in a real one.
"""

import itertools
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from evaluation.choosers import companion
from evaluation.draws import seeded
from evaluation.library import Clip, read_library

from benchmarks.previews import previews
from benchmarks.row import Row
from companion.affect import QUADRANT_AFFECT, Quadrant
from companion.agent.clock import system_clock
from companion.agent.library.background import BackgroundTagging, Machine
from companion.agent.library.tagging_order import spread
from companion.agent.models.worker import Worker
from companion.agent.visit.context import candidates
from companion.choose.strategy import WIDE, Target
from companion.config.schema import Agent, Clips, Config
from companion.demo.simulator.faults import Fault
from companion.demo.simulator.library import make_track, saved_library
from companion.demo.simulator.names import names
from companion.demo.simulator.server import Simulator
from companion.store.database import open_database
from companion.store.tracks.tags import count_tagged
from companion.track import Track
from tests.agent.live import COMPANION, Home

LIBRARY = 2_000
FIRST = 50
SLOW_FIRST = 20
SLOW_SECONDS = 2.0  # of the clip host, for each clip, beside composing it
CLIP_MS = 30_000
SAMPLE = 25  # tracks, from which the time for all is extrapolated
SHARE = Agent().tagging_share
LONGEST_S = 900.0
TAGGED = (20, 50, 100, LIBRARY)
SESSION = 5  # picks in a row for one mood
LIBRARIES = 12  # drawn ones, over which the quality is averaged
TRACKS_OF_ARTIST = 14
LOYALTY = 0.6  # the chance that a track is of its artist's own mood
PHASE = 300  # of the newest tracks, in which one mood has the chance PHASE_SHARE
PHASE_SHARE = 0.7
DATA = Path(__file__).parents[2].parent / "shared" / "data" / "music"
TAGS = Path(__file__).parents[2] / "models" / "track_mood" / "oof.json"
TARGETS = {one: Target(place, WIDE, "match") for one, place in QUADRANT_AFFECT.items()}

Order = Callable[[Sequence[Track]], list[Track]]


def rows() -> list[Row]:
    """All of the part."""
    tracks = [
        make_track(number, title, artist, CLIP_MS)
        for number, (title, artist) in zip(range(LIBRARY), names(), strict=False)
    ]
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, Simulator(saved_library(tracks)) as spotify:
        music = Path(folder) / "music"
        _fill(music, [(track.artists[0].name, track.name) for track in tracks])
        found += _first_picks(_home(Path(folder) / "local", spotify, music), "local", FIRST)
        found += _background(Path(folder) / "local", music)
        slow = Fault("GET", "/clips/*", delay_s=SLOW_SECONDS)
        spotify.faults.add(slow, times=None)
        found += _first_picks(_home(Path(folder) / "slow", spotify, None), "slow", SLOW_FIRST)
    return [*found, *_quality()]


def _fill(folder: Path, bylines: Sequence[tuple[str, str]]) -> None:
    """Lay down a file of each track: links to a few pieces."""
    folder.mkdir(parents=True)
    pieces = [folder / f".{number}.mp3" for number, _ in enumerate(previews())]
    for file, audio in zip(pieces, previews(), strict=True):
        file.write_bytes(audio)
    for (artist, title), piece in zip(bylines, itertools.cycle(pieces), strict=False):
        os.link(piece, folder / f"{artist} - {title}.mp3")
    for piece in pieces:
        piece.unlink()


def _home(folder: Path, spotify: Simulator, music: Path | None) -> Home:
    home = Home(folder, spotify)
    home.environment["COMPANION_CLIPS_PROVIDERS"] = "local" if music else "deezer"
    if music:
        home.environment["COMPANION_CLIPS_FOLDER"] = str(music)
    home.sign_in()
    return home


def _first_picks(home: Home, clips: str, count: int) -> Iterator[Row]:
    """Sync and tag a first few in processes; watch the store for what can be picked."""
    home.run("status")  # the bytecode, which an installed program has
    began = time.monotonic()
    sync = home.run("sync", timeout=LONGEST_S)
    if sync.returncode:
        raise RuntimeError(sync.stderr)
    synced = time.monotonic() - began
    words = [*COMPANION, "tag", "--limit", str(count)]
    tagging = subprocess.Popen(words, env=home.environment, stderr=subprocess.DEVNULL)  # noqa: S603
    first: float | None = None
    any_mood: float | None = None
    with open_database(home.paths.database) as db:
        while tagging.poll() is None and time.monotonic() - began < LONGEST_S:
            passed = time.monotonic() - began
            if first is None and count_tagged(db):
                first = passed
            if any_mood is None and all(any(candidates(db, one)) for one in TARGETS.values()):
                any_mood = passed
            time.sleep(0.2)
        tagging.wait(LONGEST_S)
        done, passed = count_tagged(db), time.monotonic() - began
        moods = sum(any(candidates(db, one)) for one in TARGETS.values())
    yield Row(f"{clips} clips: {LIBRARY:,} liked songs are read after", synced, "s")
    if first is None:
        raise RuntimeError(f"no pick is possible with {done} tracks tagged")
    yield Row("  the first pick is possible after", first, "s", limit=300)
    if any_mood is not None:
        yield Row("  a pick for each of the four moods after", any_mood, "s", limit=300)
    yield Row("  moods, of four, for which a track fits then", moods, "")
    yield Row(f"  {done} tracks are tagged after", passed, "s", limit=300)
    left = (LIBRARY - done) * (passed - synced) / max(1, done)
    what = f"  all by `companion tag` after, extrapolated from {done}"
    yield Row(what, (passed + left) / 60, "min")


def _background(folder: Path, music: Path) -> Iterator[Row]:
    """Tag a sample as the agent does, on a store of its own, beside no other load."""
    config = Config(clips=Clips(("local",), folder=str(music)), agent=Agent(tagging_share=SHARE))
    source, copy = folder / "home" / "state" / "companion.db", folder / "background.db"
    with open_database(source) as db:
        db.execute("VACUUM INTO ?", (str(copy),))
    worker = Worker(folder / "cache", lambda: timedelta(minutes=5))
    machine = Machine(system_clock, worker, lambda: False, lambda: None)
    tagging = BackgroundTagging(machine)
    try:
        with open_database(copy) as db:
            time.sleep(tagging.step(db, config).total_seconds())  # with the start of the worker
            before, began, used = count_tagged(db), time.monotonic(), worker.cpu_seconds
            while count_tagged(db) - before < SAMPLE:
                time.sleep(tagging.step(db, config).total_seconds())
            passed, done = time.monotonic() - began, count_tagged(db) - before
            used = worker.cpu_seconds - used
    finally:
        worker.stop()
    yield Row("in the background: CPU of a track", used / done, "s CPU")
    yield Row("  its share of one core", used / passed, "of a core", limit=SHARE)
    what = f"  all {LIBRARY:,} after, extrapolated from {done}"
    yield Row(what, LIBRARY * passed / done / 60, "min")


def _quality() -> Iterator[Row]:
    if not (DATA / "clips.csv").is_file():
        return
    clips = read_library(DATA, TAGS)
    orders: dict[str, Order] = {"the first": spread, "the newest": _newest_first}
    for count in TAGGED:
        for name, order in orders.items():
            if count < LIBRARY or order is spread:
                what = f"right picks with {name} {count:,} of {LIBRARY:,} tagged"
                yield Row(what, 100 * share_right(clips, count, order), "%")


def share_right(clips: Sequence[Clip], count: int, order: Order) -> float:
    """The share of right picks where only the first so many are tagged; a missing one is wrong."""
    right = 0
    for seed in range(LIBRARIES):
        library = draw_library(clips, seeded(seed))
        by_id = {one.tagged.track.id: one for one in library}
        tagged = [by_id[track.id] for track in order([one.tagged.track for one in library])[:count]]
        for quadrant, target in TARGETS.items():
            picks = companion(tagged, target, quadrant, SESSION, seeded(seed))
            right += sum(one.label is quadrant for one in picks)
    return right / (LIBRARIES * len(TARGETS) * SESSION)


def draw_library(clips: Sequence[Clip], draws: Random) -> list[Clip]:
    """A library of clips by what people said of them; the newest come first."""
    by_label = {one: [clip for clip in clips if clip.label is one] for one in Quadrant}
    phase = draws.choice(list(Quadrant))
    artists = LIBRARY // TRACKS_OF_ARTIST
    own = [draws.choice(list(Quadrant)) for _ in range(artists)]
    now = datetime(2026, 1, 1, tzinfo=UTC)
    library = []
    for number in range(LIBRARY):
        artist = draws.randrange(artists)
        label = own[artist] if draws.random() < LOYALTY else draws.choice(list(Quadrant))
        if number < PHASE and draws.random() < PHASE_SHARE:
            label = phase
        clip = draws.choice(by_label[label])
        track = Track(
            f"{number:04}",
            f"spotify:track:{number:04}",
            f"Song {number}",
            (f"Artist {artist}",),
            f"Album {number % 3}",
            added_at=now - timedelta(days=number),
        )
        library.append(Clip(replace(clip.tagged, track=track), clip.label))
    return library


def _newest_first(tracks: Sequence[Track]) -> list[Track]:
    return list(tracks)

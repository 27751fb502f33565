"""Simulated listeners with a hidden taste, with and without learning from how tracks end.

A listener has the labelled clips as the library; what the choice sees are the out-of-fold
tags, what the listener hears is what people said. The artists are made up, ten clips of one
quadrant each, as the sets hold one or two clips of most artists. A track is heard to its
end with a probability that depends on whether it is of the mood and on a taste for the
artist and the track that nobody told the program. The same listener, with the same draws,
is met twice: by a choice that learns, and by one whose taste is always 1.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from companion.affect import QUADRANT_AFFECT, Affect, Quadrant
from companion.choose.limits import Situation, make_limits
from companion.choose.pick import Past, Shortlist, pick, shortlist
from companion.choose.strategy import WIDE, Target
from companion.choose.taste import Counts, Evidence, gather
from companion.config.schema import Choose
from companion.track import Track
from evaluation.choosers import NOW, best_first
from evaluation.draws import seeded
from evaluation.library import Clip

PICKS = 300
BETWEEN_PICKS = timedelta(minutes=12)
CLIPS_OF_ARTIST = 10
MOOD_LASTS = 15  # picks
EASE, OUT_OF_MOOD, OF_ARTIST, OF_TRACK = 0.9, 2.5, 1.0, 1.0
"""Of the log-odds that a track is heard to its end."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A listener and the library.

    Attributes:
        clips: by track id.
        liking: the hidden taste, by track id, in log-odds.
        moods: the mood at each pick.
        patience: a number in [0, 1] for each pick: whether a likely skip happens.
    """

    clips: dict[str, Clip]
    liking: dict[str, float]
    moods: Sequence[Affect]
    patience: Sequence[float]

    def fits(self, turn: int, track: str) -> bool:
        """Return True where the track is of the mood of that pick."""
        return self.clips[track].label is self.moods[turn].quadrant

    def finishes(self, turn: int, track: str) -> bool:
        """Return True where the track is heard to its end."""
        odds = EASE + self.liking[track] - (0 if self.fits(turn, track) else OUT_OF_MOOD)
        return self.patience[turn] < 1 / (1 + math.exp(-odds))


@dataclass(slots=True)
class Record:
    """The program's knowledge after some picks, and the record that it is judged by.

    Attributes:
        turns: the tracks in the order in which they were picked.
        finished: True for each that was heard to its end.
        right: True for each that was of the listener's mood.
        fitting: the number of shortlists that each track was on.
    """

    turns: list[Track] = field(default_factory=list)
    finished: list[bool] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    fitting: Counter[str] = field(default_factory=Counter)
    tracks: dict[tuple[Quadrant, str], Counts] = field(default_factory=dict)
    artists: dict[tuple[Quadrant, str], Counts] = field(default_factory=dict)
    queued: dict[str, datetime] = field(default_factory=dict)

    @property
    def skip_rate(self) -> float:
        """The share of the picks that were skipped."""
        return 1 - sum(self.finished) / len(self.finished)

    @property
    def right_share(self) -> float:
        """The share of the picks that were of the listener's mood."""
        return sum(self.right) / len(self.right)


def make_listener(library: Sequence[Clip], seed: int) -> Listener:
    """A listener of their own taste and moods."""
    draws = seeded(seed)
    clips = _with_artists(library, draws)
    of_artist = {clip.tagged.track.artist: draws.gauss(0, OF_ARTIST) for clip in clips}
    liking = {
        clip.tagged.track.id: of_artist[clip.tagged.track.artist] + draws.gauss(0, OF_TRACK)
        for clip in clips
    }
    return Listener(
        {clip.tagged.track.id: clip for clip in clips},
        liking,
        _moods(draws),
        [draws.random() for _ in range(PICKS)],
    )


def _with_artists(library: Sequence[Clip], draws: Random) -> list[Clip]:
    renamed = []
    for quadrant in Quadrant:
        clips = [clip for clip in library if clip.label is quadrant]
        draws.shuffle(clips)
        for index, clip in enumerate(clips):
            artist = f"{quadrant.value} {index // CLIPS_OF_ARTIST}"
            track = replace(clip.tagged.track, artists=(artist,))
            renamed.append(replace(clip, tagged=replace(clip.tagged, track=track)))
    return renamed


def _moods(draws: Random) -> list[Affect]:
    moods: list[Affect] = []
    while len(moods) < PICKS:
        centre = QUADRANT_AFFECT[draws.choice(list(Quadrant))]
        place = Affect(centre.valence + draws.gauss(0, 0.1), centre.arousal + draws.gauss(0, 0.1))
        moods += [place] * MOOD_LASTS
    return moods[:PICKS]


def listen(listener: Listener, seed: int, *, learning: bool) -> Record:
    """Let the program choose `PICKS` tracks for the listener."""
    record, rng = Record(), seeded(seed)
    near = {
        mood: best_first(
            [clip.tagged for clip in listener.clips.values()], Target(mood, WIDE, "match")
        )
        for mood in set(listener.moods)
    }
    spaced: deque[str] = deque(maxlen=Choose().artist_spacing)
    for turn, mood in enumerate(listener.moods):
        now = NOW + turn * BETWEEN_PICKS
        rested = now - timedelta(hours=Choose().no_repeat_hours)
        queued = {track for track, at in record.queued.items() if at >= rested}
        limits = make_limits(Choose(), Situation(now, queued=queued, artists=set(spaced)))
        short = shortlist(near[mood], limits)
        past = Past(now, record.queued, _evidence(record, short, mood) if learning else {})
        track = pick(short, past, Choose().temperature, rng).chosen.tagged.track
        record.fitting.update(one.tagged.track.id for one in short.fitting)
        record.right.append(listener.fits(turn, track.id))
        spaced.append(track.artist)
        _keep(record, track, mood.quadrant, now, finished=listener.finishes(turn, track.id))
    return record


def _evidence(record: Record, short: Shortlist, mood: Affect) -> dict[str, Evidence]:
    region = mood.quadrant
    tracks = [one.tagged.track for one in short.fitting]
    return {
        track.id: gather(
            record.tracks.get((region, track.id), Counts()), record.artists[region, track.artist]
        )
        for track in tracks
        if (region, track.artist) in record.artists
    }


def _keep(record: Record, track: Track, region: Quadrant, now: datetime, *, finished: bool) -> None:
    counts = Counts(int(finished), int(not finished))
    for known, name in ((record.tracks, track.id), (record.artists, track.artist)):
        known[region, name] = known.get((region, name), Counts()) + counts
    record.turns.append(track)
    record.finished.append(finished)
    record.queued[track.id] = now

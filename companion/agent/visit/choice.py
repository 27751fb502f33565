"""From the present mood to a track: target, limits, shortlist, taste, and one that is drawn."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from companion.affect import Affect, FaceMood, TrackMood
from companion.agent.visit.context import (
    candidates,
    read_past,
    read_session,
    read_situation,
    read_voices,
    recent_picks,
)
from companion.agent.visit.mood import Sources, adjustment, current_mood, read_sources
from companion.choose.limits import make_limits
from companion.choose.mood import PresentMood
from companion.choose.pick import (
    NothingFits,
    Past,
    Pick,
    Shortlist,
    emptied_by,
    pick,
    rank,
    shortlist,
)
from companion.choose.score import Candidate
from companion.choose.session import SessionTarget, apply_session_rules
from companion.choose.strategy import STRATEGIES, Target
from companion.choose.strategy_rules import find_rule
from companion.config.schema import Choose, Rule
from companion.store.tracks.tags import read_tag
from companion.track import Track

RECENT_PLAYS = 60
NONE = Shortlist(())
ANYWHERE = Target(Affect(0.0, 0.0), tolerance=3.0, strategy="")
"""The whole affect plane is within its tolerance."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates that a pick is drawn from, and what they were ranked by.

    Attributes:
        mood: the present mood; None where nothing recent says it, and then all else is empty.
        rule: the rule that named the strategy; None for the usual one.
        short: the tracks that fit and pass the limits.
        past: what is known of them.
        obstacle: why there are none; "" where there are some.
        sources: what each source says of the mood; None where there is no mood.
        away_from: the picks that were skipped in a row, from which the target was moved away.
    """

    mood: PresentMood | None
    target: Target | None = None
    rule: Rule | None = None
    short: Shortlist = NONE
    past: Past | None = None
    obstacle: str = ""
    sources: Sources | None = None
    away_from: tuple[Affect, ...] = ()

    def ranked(self) -> list[Candidate]:
        """The tracks by what they score now, the best first."""
        return rank(self.short, self.past) if self.past else []


@dataclass(frozen=True, slots=True)
class Choice:
    """A ranking and what was drawn from it.

    Attributes:
        picked: None where the mood is unknown.
        reading: what the camera said just now, if it was asked.
        adjusted: how the user's corrections changed the reading, in words.
        heard: the tag of the picked track.
    """

    ranking: Ranking
    picked: Pick | NothingFits | None = None
    reading: FaceMood | None = None
    adjusted: str = ""
    heard: TrackMood | None = None

    @property
    def mood(self) -> PresentMood | None:
        return self.ranking.mood

    @property
    def target(self) -> Target | None:
        return self.ranking.target


def find_obstacle(
    db: sqlite3.Connection, settings: Choose, now: datetime, ahead: tuple[Track, ...] = ()
) -> str:
    """Say why no track can be picked, whatever the mood; "" where one can."""
    limits = make_limits(settings, read_situation(db, settings, read_session(db, now), now, ahead))
    short = shortlist(candidates(db, ANYWHERE), limits)
    return "" if short.fitting else emptied_by(short, limits)


def choose_track(
    db: sqlite3.Connection,
    settings: Choose,
    rng: Random,
    now: datetime,
    *,
    reading: FaceMood | None = None,
    ahead: tuple[Track, ...] = (),
) -> Choice:
    """Choose by the present mood; nothing is stored.

    Args:
        db: the store.
        settings: how to choose.
        rng: where the draw among the best comes from.
        now: the present time.
        reading: what the camera said just now, where it is not in the store yet.
        ahead: what plays and comes in Spotify anyway.
    """
    ranking = rank_candidates(db, settings, now, reading=reading, ahead=ahead)
    adjusted = adjustment(db, reading) if reading else ""
    picked: Pick | NothingFits | None = None
    if ranking.obstacle:
        picked = NothingFits(ranking.obstacle)
    elif ranking.past:
        picked = pick(ranking.short, ranking.past, settings.temperature, rng)
    heard = read_tag(db, picked.chosen.tagged.track.id) if isinstance(picked, Pick) else None
    return Choice(ranking, picked, reading, adjusted, heard)


def rank_candidates(
    db: sqlite3.Connection,
    settings: Choose,
    now: datetime,
    *,
    reading: FaceMood | None = None,
    ahead: tuple[Track, ...] = (),
) -> Ranking:
    """Rank the candidates by the present mood; all of a choice but the draw."""
    sources = read_sources(db, settings, now, reading)
    mood = current_mood(db, settings, now, sources=sources)
    if mood is None:
        return Ranking(None)
    rule = find_rule(settings.rules, mood, now.astimezone().time())
    strategy = STRATEGIES[rule.strategy if rule else settings.strategy]
    session = read_session(db, now)
    usual = strategy(mood, recent_picks(session))
    moved = _apply_session_rules(usual, sources)
    target = replace(usual, affect=moved.target)
    limits = make_limits(settings, read_situation(db, settings, session, now, ahead))
    short = shortlist(candidates(db, target), limits)
    found = Ranking(mood, target, rule, short, sources=sources, away_from=moved.away_from)
    if not short.fitting:
        return replace(found, obstacle=emptied_by(short, limits))
    past = read_past(db, short, mood, now)
    if target.unsung:
        past = replace(past, voices=read_voices(db, short))
    return replace(found, past=past)


def _apply_session_rules(target: Target, sources: Sources) -> SessionTarget:
    """The target after the rules of the session.

    Only `match` has its steps limited by the user's own: the other strategies have steps of theirs.
    """
    listening = sources.listening
    fallback = listening.mood.habit.estimate.affect
    longest = listening.longest_step if target.strategy == "match" else None
    return apply_session_rules(target.affect, listening.plays[-RECENT_PLAYS:], fallback, longest)

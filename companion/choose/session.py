"""Rules of a session: early skips in a row, the size of steps, and what is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from companion.affect import Affect
from companion.choose.strategy import towards
from companion.playback import Initiative, Play, PlayEnding

SKIPS_IN_A_ROW = 2
"""After so many early skips of picks in a row the target is moved away from them."""
SKIPS_COUNT_FOR = timedelta(minutes=30)
AWAY = 0.6
"""So far from what was skipped the next target lies at least."""
SAME_PLACE = 0.05
LEAST_STEPS = 12
"""Steps of the user's own, below which their size is not known."""
STEP_QUANTILE = 0.9
SHORTEST_STEP, LONGEST_STEP = 0.35, 1.4
SAME_SITTING = timedelta(minutes=30)
IN_ORDER = 3
"""So many tracks in a row from one album or playlist, not shuffled, are listening in order."""
CONTEXT_WORDS = {"album": "an album", "playlist": "a playlist", "show": "a podcast"}


@dataclass(frozen=True, slots=True)
class SessionTarget:
    """The place for the next track, after the rules of the session.

    Attributes:
        target: the place.
        away_from: the places of the picks that were skipped early in a row; empty where too few
            were.
    """

    target: Affect
    away_from: tuple[Affect, ...] = ()


def apply_session_rules(
    target: Affect, plays: Sequence[Play], fallback: Affect, longest: float | None
) -> SessionTarget:
    """Move away from picks skipped in a row, else limit the step from the track before.

    Args:
        target: where the next track would lie.
        plays: oldest first.
        fallback: see `move_away`.
        longest: see `limit_step`.
    """
    if skipped := early_skips_in_a_row(plays):
        return SessionTarget(move_away(target, skipped, fallback), tuple(skipped))
    before = next((play.affect for play in reversed(plays) if play.affect), None)
    return SessionTarget(limit_step(target, before, longest))


def early_skips_in_a_row(plays: Sequence[Play]) -> list[Affect]:
    """The places of the last picks, if they were skipped early in a row; else [].

    Args:
        plays: oldest first.
    """
    skipped: list[Play] = []
    for play in reversed(plays):
        if play.ending is PlayEnding.PLAYING:
            continue
        if play.initiative is not Initiative.COMPANION:
            if play.ending is PlayEnding.SKIPPED_EARLY:
                continue
            if play.initiative is Initiative.USER:
                break
            continue
        if play.ending is not PlayEnding.SKIPPED_EARLY:
            break
        skipped.append(play)
    if len(skipped) < SKIPS_IN_A_ROW:
        return []
    if plays[-1].started_at - skipped[0].started_at > SKIPS_COUNT_FOR:
        return []
    return [play.affect for play in skipped[:SKIPS_IN_A_ROW] if play.affect]


def move_away(target: Affect, skipped: Sequence[Affect], fallback: Affect) -> Affect:
    """The target, moved until it lies `AWAY` from what was skipped.

    Args:
        target: where the next track would lie.
        skipped: see `early_skips_in_a_row`; with none the target stays.
        fallback: the direction to take where the target lies in the middle of what was skipped,
            such as the user's habit at this hour.
    """
    if not skipped:
        return target
    middle = Affect(
        sum(place.valence for place in skipped) / len(skipped),
        sum(place.arousal for place in skipped) / len(skipped),
    )
    if target.distance(middle) >= AWAY:
        return target
    opposite = Affect(-middle.valence, -middle.arousal)
    directions = (target, fallback, opposite, Affect(1, 0))
    away = next(place for place in directions if place.distance(middle) > SAME_PLACE)
    share = AWAY / away.distance(middle)
    return Affect.clipped(
        middle.valence + share * (away.valence - middle.valence),
        middle.arousal + share * (away.arousal - middle.arousal),
    )


def longest_step(plays: Sequence[Play]) -> float | None:
    """The longest step between two tracks that is usual for the user; None where it is unknown.

    The 90 % quantile of the distances between tracks that the user started within half an hour
    of each other, in [SHORTEST_STEP, LONGEST_STEP].
    """
    own = [play for play in plays if play.initiative is Initiative.USER and play.affect]
    steps = sorted(
        one.affect.distance(other.affect)
        for one, other in pairwise(own)
        if one.affect and other.affect and other.started_at - one.started_at <= SAME_SITTING
    )
    if len(steps) < LEAST_STEPS:
        return None
    quantile = steps[min(int(STEP_QUANTILE * len(steps)), len(steps) - 1)]
    return min(max(quantile, SHORTEST_STEP), LONGEST_STEP)


def limit_step(target: Affect, before: Affect | None, longest: float | None) -> Affect:
    """The target, no further from the track before than the user's own steps are long."""
    if before is None or longest is None:
        return target
    return towards(before, target, longest)


def in_order(plays: Sequence[Play]) -> str:
    """Name what the user listens to in order, such as "an album"; "" where nothing.

    Where a player tells no album or playlist that it plays from, tracks of one album are an album.
    A track that went on by itself counts as from where the others are.

    Args:
        plays: oldest first; the last one plays.
    """
    if len(plays) < IN_ORDER:
        return ""
    last = plays[-IN_ORDER:]
    if any(play.shuffled is not False or play.initiative is Initiative.COMPANION for play in last):
        return ""
    if any(play.ending is PlayEnding.SKIPPED_EARLY for play in last):
        return ""
    contexts = {play.context for play in last if play.context or play.initiative is Initiative.USER}
    if contexts <= {""}:
        albums = {play.album for play in last}
        return CONTEXT_WORDS["album"] if len(albums) == 1 and "" not in albums else ""
    kind = next(iter(contexts)).split(":")[1:2] if len(contexts) == 1 else []
    return CONTEXT_WORDS.get(kind[0], "") if kind else ""

"""Describes a choice, as it is kept with its queue entry for `companion why`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from companion.affect import Affect, FaceMood, TrackMood
from companion.agent.visit.choice import Choice, Ranking
from companion.agent.visit.listening import describe_listening
from companion.agent.visit.mood import Sources
from companion.choose.mood import PresentMood
from companion.choose.pick import Pick
from companion.choose.score import Candidate
from companion.music.describe import feelings


def make_why(choice: Choice, picked: Pick, now: datetime, doubt: str = "") -> dict[str, Any]:
    """The numbers that decided, as JSON data.

    The next choices go by `region` and `target`, and the trust is learned from `sources`.

    Args:
        choice: what was considered.
        picked: what was taken of it.
        now: when.
        doubt: the side of the affect plane in words, where the emotion that was read is unsure.
    """
    ranking, runner_up = choice.ranking, picked.runner_up
    rule = ranking.rule
    return {
        "reading": choice.reading and {**_reading(choice.reading), "doubt": doubt},
        "adjusted": choice.adjusted,
        "mood": ranking.mood and _mood(ranking.mood),
        **_describe_sources(ranking, now),
        "away_from": [_place(place) for place in ranking.away_from],
        "region": ranking.mood and ranking.mood.affect.quadrant.value,
        "rule": rule and {"when": rule.when, "between": rule.between},
        "strategy": ranking.target and ranking.target.strategy,
        "target": ranking.target and _place(ranking.target.affect),
        "tolerance": ranking.target and ranking.target.tolerance,
        "track": describe_candidate(picked.chosen),
        "heard": choice.heard and describe_heard(choice.heard),
        "runner_up": runner_up and describe_candidate(runner_up),
        "explored": picked.explored,
        "fitting": len(ranking.short.fitting),
        "refused": dict(ranking.short.refused),
    }


def describe_heard(mood: TrackMood) -> dict[str, Any]:
    """The sound of a track: the words for it, beats a minute, and how it sounds."""
    return {"words": list(mood.tags), "tempo": mood.tempo, "feelings": list(feelings(mood))}


def describe_candidate(candidate: Candidate) -> dict[str, Any]:
    """A track and its numbers."""
    tagged = candidate.tagged
    return {
        "uri": tagged.track.uri,
        "title": tagged.track.title,
        "artists": list(tagged.track.artists),
        **_place(tagged.affect),
        "distance": candidate.distance,
        "closeness": candidate.closeness,
        "confidence": candidate.sureness,
        "fit": candidate.fit,
        "taste": candidate.taste,
        "freshness": candidate.freshness,
        "voice": candidate.voice,
        "score": candidate.score,
    }


def describe_ranking(ranking: Ranking, count: int) -> dict[str, Any]:
    """The state of a choice that is not made yet, and the best tracks."""
    return {
        "mood": ranking.mood and _mood(ranking.mood),
        "strategy": ranking.target and ranking.target.strategy,
        "target": ranking.target and _place(ranking.target.affect),
        "obstacle": ranking.obstacle or ("" if ranking.mood else "the mood is unknown"),
        "best": [describe_candidate(one) for one in ranking.ranked()[:count]],
    }


def _reading(reading: FaceMood) -> dict[str, Any]:
    return {
        "emotion": reading.emotion.value,
        "share": reading.probabilities[reading.emotion],
        "confidence": reading.confidence,
        "frames": reading.frames,
        **_place(reading.affect),
    }


def _describe_sources(ranking: Ranking, now: datetime) -> dict[str, Any]:
    if ranking.sources is None or ranking.mood is None or ranking.mood.by_hand:
        return {"sources": {}, "listening": ""}
    listening = ranking.sources.listening.mood
    return {
        "sources": describe_sources(ranking.mood, ranking.sources),
        "listening": describe_listening(listening, now) if listening.is_known else "",
    }


def describe_sources(mood: PresentMood, sources: Sources) -> dict[str, Any]:
    """Describe what each source says, and its share in the mood."""
    return {
        source.value: {
            **_place(one.affect),
            "spread": one.spread,
            "trust": sources.trust.get(source, 1.0),
            "share": mood.shares.get(source, 0.0),
        }
        for source, one in sources.estimates.items()
    }


def _mood(mood: PresentMood) -> dict[str, Any]:
    return {
        **_place(mood.affect),
        "readings": mood.readings,
        "emotion": mood.emotion and mood.emotion.value,
        "name": mood.name,
        "spread": mood.spread,
    }


def _place(affect: Affect) -> dict[str, float]:
    return {"valence": affect.valence, "arousal": affect.arousal}

"""A track's mood in words, as `why` says it. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence

from companion.affect import Quadrant, TrackMood

SURE = 0.65  # the least probability of a sign of valence or arousal that is put in words
PLAIN = 0.8  # from which it is said without "a little"
FEELINGS = ("energetic", "calm", "happy", "tense", "sad")
AROUSED = (Quadrant.Q1, Quadrant.Q2)
PLEASANT = (Quadrant.Q1, Quadrant.Q4)


def describe(mood: TrackMood) -> str:
    """Say what was heard: "acoustic, mellow, 74 bpm; sounds calm and a little sad"."""
    return say(mood.tags, mood.tempo, feelings(mood))


def say(words: Sequence[str], tempo: float, feelings: Sequence[str]) -> str:
    """Join the parts of a description: words, beats a minute, and `feelings`."""
    heard = ", ".join([*words, f"{tempo:.0f} bpm"])
    return f"{heard}; sounds {' and '.join(feelings) or 'neither happy nor sad'}"


def feelings(mood: TrackMood) -> tuple[str, ...]:
    """The mood alone: what is said of arousal, then of valence, as sure as it is known."""
    aroused = sum(mood.probabilities[quadrant] for quadrant in AROUSED)
    pleasant = sum(mood.probabilities[quadrant] for quadrant in PLEASANT)
    energetic, calm, happy, tense, sad = FEELINGS
    unpleasant = tense if aroused >= SURE else sad
    words = (_say(aroused, energetic, calm), _say(pleasant, happy, unpleasant))
    return tuple(filter(None, words))


def _say(share: float, up: str, down: str) -> str:
    """The word for the likelier side; "" where neither is sure."""
    word, sure = (up, share) if share >= 1 - share else (down, 1 - share)
    if sure < SURE:
        return ""
    return word if sure >= PLAIN else f"a little {word}"

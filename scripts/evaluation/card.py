"""The measured picks as a page: the tables for a person, from the written figures alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.context.card import write_section

HEAD = """# How accurate the picks are

Written by `scripts/evaluate_picks.py`. A pick is right if people put the clip in the target
quadrant. The tags are out-of-fold: no model was trained on an artist that it tags.
"""
BEFORE = 4.0  # the exponent, where the figures do not tell it
PLACES = """\
- Places: each track has a continuous place with a spread, and counts less the likelier it is to lie
  on another side of the axes than the target. Earlier versions used the mean of the quadrants'
  corners. Each exponent was chosen on a third of the artists.

  | placed | exponent | given the quadrant | other artists | given the emotion, other artists |
  |---|---|---|---|---|"""
FOCUS = """\
- `focus` rather wants no voices. What was heard counts by the words that the music model says;
  60 picks for each emotion, by the worth of a track of which nothing was heard, and of one that is
  sung. "Pleasant" is the share that people called so, as the target is:

  | worth | said to be sung | instrumental | neither | pleasant | distance from the target |
  |---|---|---|---|---|---|"""
PICTURES = """
![Right picks, and skips with and without learning](picks.png)

A simulated day with the strategy `lift`: moods, targets and picks.

![A day under lift](day.png)
"""


def write_card(metrics: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    """The page's text.

    Args:
        metrics: of metrics.json.
        context: of context.json, which `scripts/evaluate_context.py` writes.
    """
    chain = _chain(metrics["whole_chain"], metrics["sureness"])
    places, focus = _places(metrics), _focus(metrics["focus"])
    parts = (_choosers(metrics), _rightness(metrics), chain, places, focus)
    rest = (_learning(metrics["learning"]), _spread(metrics["spread"], metrics["learning"]))
    return "\n".join((HEAD, *parts, *rest, PICTURES, write_section(context)))


def _choosers(metrics: Mapping[str, Any]) -> str:
    lines = [
        "| chooser | right, given the quadrant | given the emotion | end to end |",
        "|---|---|---|---|",
    ]
    for name, given in metrics["given_mood"].items():
        emotion = metrics["given_emotion_other_artists"][name]
        chain = metrics["whole_chain"]["choosers"][name]
        lines.append(f"| {name} | {given['right']:.3f} | {emotion:.3f} | {chain:.3f} |")
    return "\n".join([*lines, ""])


def _rightness(metrics: Mapping[str, Any]) -> str:
    ours = metrics["given_mood"]["companion"]
    others = metrics["given_mood_other_artists"]["companion"]["right"]
    quadrants = ", ".join(f"{name} {share:.2f}" for name, share in ours.items() if name != "right")
    return f"""\
- Given the quadrant: each quadrant is the target for 250 picks from {metrics["clips"]} clips, with
  no repeat within 20 picks. By quadrant: {quadrants}. Among
  artists not used to choose the exponent of confidence: {others:.3f}. The most confident
  tags lie close to a quadrant's place anyway, so the nearest tracks are also the most certain.
- Given the emotion: `match` for each of the eight emotions, read with high and with low
  confidence, among artists not used to choose the exponent of confidence."""


def _places(metrics: Mapping[str, Any]) -> str:
    ways = metrics["places"]
    rows = [
        f"  | {name} | {way['sureness']:g} | {way['given_mood']:.3f} "
        f"| {way['given_mood_other_artists']:.3f} | {way['given_emotion_other_artists']:.3f} |"
        for name, way in ways.items()
    ]
    return "\n".join((PLACES, *rows, ""))


def _focus(worths: Mapping[str, Mapping[str, float]]) -> str:
    rows = [
        f"  | {name} | {one['sung']:.3f} | {one['instrumental']:.3f} | {one['neither']:.3f} "
        f"| {one['pleasant']:.3f} | {one['distance']:.3f} |"
        for name, one in worths.items()
    ]
    return "\n".join((FOCUS, *rows, ""))


def _chain(chain: Mapping[str, Any], sureness: float) -> str:
    """The figures end to end, with a note if another exponent was used."""
    before = chain.get("sureness", BEFORE)
    told = "" if before == sureness else f" Measured with {before:g} as the exponent of confidence."
    return f"""\
- End to end: {chain["looks"]} looks at real faces of people that the face model has not seen,
  through detector and network, then `match`. The program abstained from
  {chain["abstained"]:.0%} of them. Emotions only: {chain["emotions_only"]:.3f}; neutral only:
  {chain["neutral_only"]:.3f}.{told}"""


def _learning(learning: Mapping[str, Any]) -> str:
    low, high = learning["interval_95"]
    return f"""\
- Learning: {learning["seeds"]} simulated listeners with a hidden taste, {learning["picks"]}
  picks each. Skip rate {learning["skip_rate_without"]:.1%} without learning,
  {learning["skip_rate_with"]:.1%} with it: {learning["fewer_skips"]:.1%} fewer skips (95 % interval
  {low:.1%} to {high:.1%}). Listeners who skipped more with learning:
  {learning["listeners_with_more_skips"]}. Picks of the right mood:
  {learning["right_mood_without"]:.1%} without, {learning["right_mood_with"]:.1%} with."""


def _spread(spread: Mapping[str, Any], learning: Mapping[str, Any]) -> str:
    return f"""\
- Variety of those picks: {spread["different_tracks"]:.0f} different tracks in
  {learning["picks"]} picks, {spread["share_of_fitting_used"]:.0%} of the tracks that fit. A track
  is repeated after {spread["least_gap_between_repeats"]} to
  {spread["longest_gap_between_repeats"]} picks. No artist has more than
  {spread["most_of_one_artist_in_20"]} of 20 picks in a row; the one picked most has
  {spread["most_of_one_artist"]:.1%}."""

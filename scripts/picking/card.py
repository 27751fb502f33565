"""The measured picks as a page: the tables for a person, from metrics.json alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def write_card(metrics: Mapping[str, Any]) -> str:
    """The page's text."""
    given, chain = metrics["given_mood"], metrics["whole_chain"]
    learning, spread = metrics["learning"], metrics["spread"]
    others = metrics["given_mood_other_artists"]["companion"]["right"]
    low, high = learning["interval_95"]
    chooser_rows = "\n".join(
        f"| {name} | {given[name]['right']:.3f} | {chain['choosers'][name]:.3f} |" for name in given
    )
    quadrants = ", ".join(
        f"{name} {share:.2f}" for name, share in given["companion"].items() if name != "right"
    )
    return f"""# How right the picks are

Written by `scripts/evaluate_picks.py`. A pick is right where people put the clip in the
quadrant that was wanted. The tags are out-of-fold: no model heard an artist that it tags.

| chooser | right, given the mood | right, whole chain |
|---|---|---|
{chooser_rows}

- Given the mood: each quadrant is the target, 250 picks each, no track again within 20 picks;
  {metrics["clips"]} clips. By quadrant: {quadrants}. Among the artists that had no part in
  choosing how much confidence counts: {others:.3f}.
- Whole chain: {chain["looks"]} looks at real faces of people that the face model never saw,
  through detector and network, then `match`; {chain["abstained"]:.0%} of the looks were
  abstained from. Emotions alone {chain["emotions_only"]:.3f}, neutral alone
  {chain["neutral_only"]:.3f}.
- Learning: {learning["seeds"]} simulated listeners with a hidden taste, {learning["picks"]}
  picks each. Skipped without learning {learning["skip_rate_without"]:.1%}, with it
  {learning["skip_rate_with"]:.1%}: {learning["fewer_skips"]:.0%} fewer skips (95 % interval
  {low:.0%} to {high:.0%}). Listeners who skip more with it:
  {learning["listeners_with_more_skips"]}.
- Spread of those picks: {spread["different_tracks"]:.0f} different tracks of
  {learning["picks"]}, {spread["share_of_fitting_used"]:.0%} of the tracks that fitted. A track
  comes again after {spread["least_gap_between_repeats"]} to
  {spread["longest_gap_between_repeats"]} picks. No artist has more than
  {spread["most_of_one_artist_in_20"]} of 20 picks in a row; the most picked one has
  {spread["most_of_one_artist"]:.1%}.

![Right picks, and skips with and without learning](picks.png)

A simulated day under `lift`: the mood, the targets and the picks.

![A day under lift](day.png)
"""

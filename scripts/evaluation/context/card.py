"""The section of the picks' card on face and listening, from context.json alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COLUMNS = {
    "skipped_picks_a_day": ("skipped early per day", ".1f"),
    "skip_share": ("share of picks", ".3f"),
    "wrong_side": ("wrong sign", ".3f"),
    "minutes_until_right": ("minutes to a right pick", ".1f"),
}


def write_section(found: Mapping[str, Any]) -> str:
    """The section's text."""
    return "\n".join(
        (
            "## Face and listening",
            "",
            _method(found),
            _choosers(found),
            _verdicts(found["verdicts"]),
            _ablation(found["ablation"]),
            _drift(found["runaway"]),
            "",
            "![Share of picks skipped early, by kind of listener](context.png)",
            "",
        )
    )


def _method(found: Mapping[str, Any]) -> str:
    tuned = ", ".join(found["tuned_on"])
    return f"""\
Written by `scripts/evaluate_context.py`: {found["listeners"]} simulated listeners of
{len(found["kinds"])} kinds ({", ".join(found["kinds"])}), with parameters drawn from the ranges
in `scripts/evaluation/context/listeners.py`, for three weeks each, of which the last two count.
Their faces are read with the face model's held-out confusion, and their tracks are tagged with
the music model's held-out errors. Constants were chosen on other listeners of these kinds: {tuned}.
The listeners are simulated: the figures compare choosers and do not predict anyone's skips.
95 % intervals over listeners are in brackets.
"""


def _choosers(found: Mapping[str, Any]) -> str:
    heads = " | ".join(head for head, _ in COLUMNS.values())
    lines = [f"| chooser | {heads} |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, row in found["choosers"].items():
        cells = (_with_interval(row[key], form) for key, (_, form) in COLUMNS.items())
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _with_interval(told: Mapping[str, Any], form: str) -> str:
    low, high = told["interval_95"]
    return f"{told['mean']:{form}} ({low:{form}} to {high:{form}})"


def _verdicts(told: Mapping[str, Any]) -> str:
    by_kind = told["both_to_face_alone_by_kind"]
    worst = max(by_kind, key=lambda kind: by_kind[kind]["ratio"])
    return f"""\
- Without a camera, the share of picks skipped early is
  {_share(told["no_camera_to_random"])} of that of random picks.
- With face and listening it is {_share(told["both_to_face_alone"])} of that with the face alone,
  and {_share(told["both_to_face_alone_kinds_left_out"])} among the kinds that no
  constant was chosen on. It helps this kind least: {worst}, {_share(by_kind[worst])}."""


def _share(told: Mapping[str, Any]) -> str:
    low, high = told["interval_95"]
    return f"{told['ratio']:.1%} ({low:.1%} to {high:.1%})"


def _ablation(rows: Mapping[str, Any]) -> str:
    parts = ", ".join(f"{name} {_with_interval(told, '.3f')}" for name, told in rows.items())
    return f"- Ablation, share of picks skipped early, with fewer listeners: {parts}."


def _drift(told: Mapping[str, Any]) -> str:
    largest = max(told["largest_drift"].values())
    return f"""\
- If a user lets every pick play for {told["days"]} days, the estimated mood drifts by at most
  {largest:.3f} on the affect plane, from any of {len(told["largest_drift"])} starting points;
  the limit is {told["bound"]}."""

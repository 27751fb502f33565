"""Write the adaptation's section of the card, and its plot, from its metrics."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

CORPORA = {"kdef": "KDEF", "ckplus": "CK+"}
ROWS = {
    "resting_face": "resting face known",
    "resting_face_second_session": "resting face of session A known, session B judged",
    "all_moods": "a look of each mood known",
    "all_moods_second_session": "a look of each mood of session A known, session B judged",
}
NOTICED, UNNOTICED = "shared desk", "shared desk, not noticed"


HEAD = (
    "| people left out of all that was fitted | faces | recall, without | with "
    "| gain, 95 % | wrong alarms, without | with | people read better / worse |"
)
MEANING = (
    "Recall is the mean over the emotions (UAR); a wrong alarm is a resting face that is read "
    "as anything else. Each judged face is a single picture of another occasion than those "
    "that were known."
)


def adaptation_section(metrics: Mapping[str, Any]) -> str:
    """The section of a card, in Markdown, that begins with its heading."""
    return "\n".join(
        [
            "## Adaptation to one person's face",
            "",
            f"Fitted to {metrics['face_model']}: {metrics['read_by']} {_worst(metrics)}",
            "",
            HEAD,
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
            *_rows(metrics["left_out"]),
            "",
            *_strangers(metrics["strangers"]),
            MEANING,
            "",
            "After so many ordinary looks, three a day, nine of ten at rest (UAR / wrong alarms):",
            "",
            *_weeks(metrics["weeks"]),
            "",
            "![What it learns from looks](learning.png)",
            "",
        ]
    )


def _worst(metrics: Mapping[str, Any]) -> str:
    """List the cases where it reads worse than without: known faces, and any number of looks."""
    told = [
        (row["with"]["uar"] - row["without"]["uar"], f"{CORPORA[corpus]}, {ROWS[name]}")
        for corpus, rows in metrics["left_out"].items()
        for name, row in rows.items()
    ] + [
        (stop["uar"] - stops[0]["uar"], f"{CORPORA[corpus]}, {name}, {stop['looks']} looks")
        for corpus, found in metrics["weeks"].items()
        for name, stops in found.items()
        if name != UNNOTICED
        for stop in stops
    ]
    gain, where = min(told)
    if gain >= 0:
        return "Nowhere below is it worse than without."
    return f"Worse than without at the worst by {-gain:.3f}: {where}."


def _rows(left_out: Mapping[str, Any]) -> list[str]:
    return [
        _row(f"{CORPORA[corpus]}, {ROWS[name]}", row)
        for corpus, rows in left_out.items()
        for name, row in rows.items()
    ]


def _row(name: str, row: Mapping[str, Any]) -> str:
    without, adapted = row["without"], row["with"]
    low, high = row["uar_gain_interval_95"]
    return (
        f"| {name} | {row['faces']} | {without['uar']:.3f} | {adapted['uar']:.3f} "
        f"| {low:+.3f} to {high:+.3f} | {without['wrong_alarms']:.3f} "
        f"| {adapted['wrong_alarms']:.3f} | {row['people_better']} / {row['people_worse']} |"
    )


def _strangers(strangers: Mapping[str, Any]) -> list[str]:
    if not strangers:
        return []
    told = ", ".join(
        f"{CORPORA[corpus]} {row['without']['uar']:.3f} to {row['with']['uar']:.3f}"
        for corpus, rows in strangers.items()
        for name, row in rows.items()
        if name == "resting_face"
    )
    return [f"Fitted on the other corpus alone, by the resting face: {told}.", ""]


def _weeks(weeks: Mapping[str, Any]) -> list[str]:
    lines = []
    for corpus, told in weeks.items():
        stops = [str(stop["looks"]) for stop in next(iter(told.values()))]
        lines += [
            f"| {CORPORA[corpus]} | {' | '.join(stops)} |",
            "| --- " * (len(stops) + 1) + "|",
            *(
                f"| {name} | "
                + " | ".join(f"{stop['uar']:.3f} / {stop['wrong_alarms']:.3f}" for stop in found)
                + " |"
                for name, found in told.items()
            ),
            "",
        ]
    return lines[:-1]


def draw_learning(metrics: Mapping[str, Any], file: Path) -> None:
    """Recall and wrong alarms against the number of looks."""
    weeks = metrics["weeks"]
    figure = Figure(figsize=(5 * len(weeks), 6.4), layout="constrained")
    grid = figure.subplots(2, len(weeks), squeeze=False, sharex=True)
    for column, (corpus, told) in zip(grid.T, weeks.items(), strict=True):
        for axes, key, label in zip(
            column, ("uar", "wrong_alarms"), ("recall (UAR)", "wrong alarms"), strict=True
        ):
            for name, found in told.items():
                style = "--" if name == UNNOTICED else "-"
                looks = [stop["looks"] for stop in found]
                axes.plot(looks, [stop[key] for stop in found], style, marker=".", label=name)
            axes.set_ylabel(label)
            axes.grid(visible=True, alpha=0.3)
        column[0].set_title(f"{CORPORA[corpus]}, people left out")
        column[1].set_xlabel("looks")
    grid[0, 0].legend(fontsize=8)
    figure.savefig(file, dpi=100)

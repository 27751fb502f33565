"""The tables of the face model's card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from training.face.data import EMOTIONS

Metrics = Mapping[str, Any]
STILL_FIGURES = (
    "accuracy",
    "uar",
    "ece",
    "accuracy_at_80",
    "abstained",
    "accuracy_not_abstained",
)
LEAST_GAIN = 0.001  # what counts as winning


class Demand(NamedTuple):
    """What was asked for: a figure, its bound, and which side of it is good."""

    what: str
    reached: float
    bound: float
    at_least: bool = True

    @property
    def holds(self) -> bool:
        """Whether the figure is on the good side."""
        return self.reached >= self.bound if self.at_least else self.reached <= self.bound


def demands(metrics: Metrics) -> list[Demand]:
    """All that has a bound."""
    test, ckplus, real = (metrics[k] for k in ("ferplus_test", "ckplus48", "ckplus_sequences"))
    bad = metrics["recurrence"]["bad"]
    gain = bad["convlstm"]["accuracy"] - bad["mean_of_frames"]["accuracy"]
    kept = {kind: one["accuracy_not_abstained"] for kind, one in metrics["corrupted"].items()}
    loss = kept["clean"] - min(kept.values())
    return [
        Demand("CK+48 by sequence, accuracy", ckplus["accuracy"], 0.975),
        Demand("CK+48 by sequence, UAR", ckplus["uar"], 0.965),
        Demand("FER+ test, accuracy", test["stills"]["accuracy"], 0.85),
        Demand("FER+ test, 80 % most confident", test["stills"]["accuracy_at_80"], 0.93),
        Demand("real sequences, last quarter", real["apex"]["accuracy"], 0.88),
        Demand("real sequences, first frames neutral", real["rest"]["accuracy"], 0.85),
        Demand(
            "data set's crop against detector's",
            abs(metrics["ckplus_crops"]["difference"]),
            0.03,
            at_least=False,
        ),
        Demand("ECE, FER+ test", test["stills"]["ece"], 0.05, at_least=False),
        Demand("ECE, CK+ folds", ckplus["ece"], 0.05, at_least=False),
        Demand("ConvLSTM less mean of frames, 30 % bad frames", gain, LEAST_GAIN),
        Demand("not abstained, clean less the worst spoilt kind", loss, 0.10, at_least=False),
    ]


def demand_table(rows: Sequence[Demand]) -> str:
    """Each demand with its figure."""
    return table(
        ["what", "asked", "reached", ""],
        [
            [
                row.what,
                f"{'at least' if row.at_least else 'at most'} {row.bound:.3f}",
                f"{row.reached:.3f}",
                "yes" if row.holds else "**no**",
            ]
            for row in rows
        ],
    )


def shortfall(rows: Sequence[Demand]) -> str:
    """The demands that are not met, in words."""
    short = [f"{row.what} ({row.reached:.3f} of {row.bound:.3f})" for row in rows if not row.holds]
    return f"Short of what was asked: {'; '.join(short)}.\n" if short else ""


def ferplus(test: Metrics) -> str:
    """Stills, by whom."""
    names = {
        "stills": "the whole network",
        "clear_majority": "the same, clear majority only",
        "trunk_alone": "the trunk alone",
    }
    rows = [
        [name, str(test[key]["count"]), *_figures(test[key], *STILL_FIGURES)]
        for key, name in names.items()
    ]
    head = ["what", "count", "accuracy", "UAR", "ECE", "at 80 %", "abstained", "not abstained"]
    return table(head, rows)


def recall(shares: Mapping[str, float]) -> str:
    """Recall by class."""
    return table(["emotion", "recall"], [[name, f"{part:.3f}"] for name, part in shares.items()])


def weakest(found: Metrics) -> str:
    """What the weakest class is mostly read as, from the confusion matrix."""
    name = min(found["recall"], key=found["recall"].__getitem__)
    row = dict(zip(EMOTIONS, found["confusion"][EMOTIONS.index(name)], strict=True))
    taken = max((other for other in row if other != name), key=row.__getitem__)
    share = row[taken] / sum(row.values())
    return f"The weakest is {name}, which is read as {taken} in {share:.0%} of its cases."


def ckplus(found: Metrics) -> str:
    """The mean and each seed."""
    rows = [
        ["mean", *_figures(found, "accuracy", "uar", "ece")],
        ["95 % interval", *(_span(found[f"{k}_interval_95"]) for k in ("accuracy", "uar")), ""],
        *(
            [f"seed {k}", *_figures(seed, "accuracy", "uar", "ece")]
            for k, seed in enumerate(found["seeds"])
        ),
        ["temperature from the other folds", "", "", f"{found['ece_cross_fitted']:.3f}"],
    ]
    return table(["", "accuracy", "UAR", "ECE"], rows)


def recurrence(made: Metrics, real: Metrics) -> str:
    """The ConvLSTM beside means of frames."""
    names = {"clean": "clean", "bad": "30 % bad frames"}
    rows = [
        [
            f"FER+ test stills as 16 frames, {name}",
            *(f"{made[key][who]['accuracy']:.3f}" for who in ("convlstm", "mean_of_frames")),
            "",
        ]
        for key, name in names.items()
    ]
    rows += [
        [
            f"real CK+ sequences, {name}",
            *_figures(real[key], "convlstm", "mean_of_frames", "mean_of_last_frames"),
        ]
        for key, name in names.items()
    ]
    return table(["sequences", "ConvLSTM", "mean", "mean of the last quarter"], rows)


def corrupted(found: Metrics) -> str:
    """Each kind."""
    rows = [
        [kind, *_figures(one, "accuracy", "abstained", "accuracy_not_abstained")]
        for kind, one in found.items()
    ]
    return table(["kind", "accuracy", "abstained", "not abstained"], rows)


def baseline(found: Metrics) -> str:
    """Without and with the correction."""
    rows = [
        [name, *_figures(found[name], "rest", "apex", "log_loss")] for name in ("without", "with")
    ]
    return table(["correction", "resting faces", "apex faces", "log loss of both"], rows)


def tries(rows: Sequence[Metrics]) -> str:
    """Every recipe that was tried in earnest."""
    return table(
        ["try", "recipe", "FER+ valid", "FER+ test"],
        [
            [str(k + 1), row["recipe"], *_figures(row, "valid", "test")]
            for k, row in enumerate(rows)
        ],
    )


def table(head: list[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figures(found: Metrics, *keys: str) -> list[str]:
    return [f"{found[key]:.3f}" if found.get(key) is not None else "" for key in keys]


def _span(ends: Sequence[float]) -> str:
    low, high = ends
    return f"{low:.3f} to {high:.3f}"

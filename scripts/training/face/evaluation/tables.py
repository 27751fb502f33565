"""The tables of the face model's card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from training.face.data import EMOTIONS

Metrics = Mapping[str, Any]
CORPUS_NAMES = {
    "ferplus": "FER+",
    "affectnet": "AffectNet",
    "kdef": "KDEF",
    "ckplus": "CK+",
}
KEPT = "left-out corpora, the least accuracy of the emotions that are named"
ECE = "left-out corpora, the largest ECE"
WAYS = {
    "desk": "as at a desk",
    "own_prior": "its own prior",
    "own_head": "its own head and prior, the trunk alone",
}


class Demand(NamedTuple):
    """A requirement: a figure, its bound, and which side of it is good."""

    what: str
    reached: float
    bound: float
    at_least: bool = True

    @property
    def holds(self) -> bool:
        """True where the figure is on the good side."""
        return self.reached >= self.bound if self.at_least else self.reached <= self.bound


def demands(metrics: Metrics) -> list[Demand]:
    """All that has a bound."""
    ferplus, ckplus, real = (metrics[k] for k in ("ferplus_test", "ckplus48", "ckplus_sequences"))
    affectnet = metrics["affectnet_test"]
    strangers = metrics["strangers"]["corpora"]
    negative = min(one["desk"]["negative_below_0"] for one in strangers.values())
    kept = min(one["desk"]["kept_accuracy"] for one in strangers.values())
    kept_shipped = min(one["shipped"]["kept_accuracy"] for one in strangers.values())
    ece = max(one["own"]["ece"] for one in strangers.values())
    ece_shipped = max(one["shipped"]["own_ece"] for one in strangers.values())
    alarms = max(one["shipped"]["neutral_alarms"] for one in strangers.values())
    best = max(ferplus[way]["clear"]["accuracy"] for way in WAYS)
    return [
        Demand("CK+48 by sequence, accuracy", ckplus["accuracy"], 0.975),
        Demand("CK+48 by sequence, UAR", ckplus["uar"], 0.965),
        Demand("FER+ test, clear majority, accuracy", best, 0.85),
        Demand("AffectNet test, UAR", max(one["uar"] for one in affectnet.values()), 0.58),
        Demand("KDEF by people not seen, accuracy", metrics["kdef"]["accuracy"], 0.90),
        Demand("left-out corpora, the least share of negative faces below 0", negative, 0.90),
        Demand(f"{KEPT}, shipped settings", kept_shipped, 0.80),
        Demand(f"{KEPT}, settings of the other corpora", kept, 0.80),
        Demand(f"{ECE}, shipped settings", ece_shipped, 0.06, at_least=False),
        Demand(f"{ECE}, settings of the other corpora", ece, 0.06, at_least=False),
        Demand("left-out corpora, the most wrong alarms", alarms, 0.10, at_least=False),
        Demand("real sequences, last quarter", real["apex"]["accuracy"], 0.88),
        Demand("real sequences, first frames neutral", real["rest"]["accuracy"], 0.85),
        Demand(
            "data set's crop against detector's",
            abs(metrics["ckplus_crops"]["difference"]),
            0.03,
            at_least=False,
        ),
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


def strangers(corpora: Mapping[str, Metrics]) -> str:
    """Each corpus left out, with its own prior: how good the emotion is."""
    keys = ("accuracy", "uar", "confidence", "ece")
    rows = [
        [
            CORPUS_NAMES[name],
            str(one["own"]["count"]),
            *_figures(one["own"], *keys),
            *_figures(one["even"], "uar"),
        ]
        for name, one in corpora.items()
    ]
    head = ["left out", "faces", "accuracy", "UAR", "confidence", "ECE", "UAR, emotions even"]
    return table(head, rows)


def strangers_recall(corpora: Mapping[str, Metrics]) -> str:
    """Recall of each class, emotions alike often."""
    rows = [
        [name, *(_figures(one["even"]["recall"], name)[0] for one in corpora.values())]
        for name in EMOTIONS
    ]
    return table(["emotion", *(CORPUS_NAMES[name] for name in corpora)], rows)


def coverage(corpora: Mapping[str, Metrics]) -> str:
    """Accuracy of the most confident readings, by how many those are."""
    shares = list(next(iter(corpora.values()))["own"]["kept_at"])
    rows = [
        [CORPUS_NAMES[name], *_figures(one["own"]["kept_at"], *shares)]
        for name, one in corpora.items()
    ]
    return table(["left out", *(f"{share.replace('%', ' %')}" for share in shares)], rows)


def kept(corpora: Mapping[str, Metrics], settings: str) -> str:
    """Coverage, accuracy and errors of the readings that are kept."""
    keys = {
        "coverage_by_emotion": "named",
        "kept_accuracy": "of these right",
        "coverage": "kept at all",
        "desk_coverage": "kept at a desk",
        "desk_kept_accuracy": "right at a desk",
        "wrong_sign_kept": "wrong sign",
        "affect_error": "error on the plane",
        "negative_below_0": "negative faces below 0",
        "neutral_alarms": "wrong alarms on neutral",
        "sad_as_calm": "sad as calm",
    }
    rows = [[CORPUS_NAMES[name], *_figures(one[settings], *keys)] for name, one in corpora.items()]
    return table(["left out", *keys.values()], rows)


def still_shares(corpora: Mapping[str, Metrics]) -> str:
    """The share of neutral faces that are taken for rest, by corpus."""
    shares = (
        (CORPUS_NAMES[name], one["shipped"]["rest_is_still"]) for name, one in corpora.items()
    )
    return ", ".join(f"{name} {share:.0%}" for name, share in shares)


def strengths(rows: Sequence[Metrics]) -> str:
    """Figures by the strength of the desk's prior."""
    keys = ("uar", "negative_below_0", "neutral_alarms", "sad_as_calm", "affect_error")
    head = [
        "strength",
        "UAR",
        "negative faces below 0",
        "neutral read as negative",
        "sad as calm",
        "error on the plane",
    ]
    return table(head, [[f"{row['strength']:.2f}", *_figures(row, *keys)] for row in rows])


def calibrations(found: Mapping[str, Metrics]) -> str:
    """The settings chosen on the other corpora."""
    keys = ("temperature", "strength", "threshold", "least_confidence", "spread")
    rows = [[CORPUS_NAMES[name], *_figures(one, *keys)] for name, one in found.items()]
    return table(["left out", *keys], rows)


def ferplus(test: Metrics) -> str:
    """All faces and those of a clear majority, by prior and head."""
    keys = ("accuracy", "uar", "ece", "accuracy_at_80")
    rows = [
        [f"{kind}, {WAYS[way]}", str(found[part]["count"]), *_figures(found[part], *keys)]
        for part, kind in (("clear", "clear majority"), ("all", "all faces"))
        for way, found in test.items()
    ]
    return table(["faces, read", "count", "accuracy", "UAR", "ECE", "at 80 %"], rows)


def affectnet(test: Metrics) -> str:
    """Seven emotions, by head."""
    keys = ("accuracy", "uar", "ece", "accuracy_at_80")
    rows = [[WAYS[way], str(one["count"]), *_figures(one, *keys)] for way, one in test.items()]
    return table(["read by", "count", "accuracy", "UAR", "ECE", "at 80 %"], rows)


def recall(shares: Mapping[str, float]) -> str:
    """Recall by class."""
    return table(["emotion", "recall"], [[name, f"{part:.3f}"] for name, part in shares.items()])


def weakest(found: Metrics) -> str:
    """A sentence on the weakest class and its most frequent confusion."""
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
    keys = ("accuracy", "coverage_by_emotion", "kept_accuracy", "coverage", "wrong_sign_kept")
    rows = [[kind, *_figures(one, *keys)] for kind, one in found.items()]
    head = ["kind", "accuracy", "kept by emotion", "of these right", "kept at all", "wrong sign"]
    return table(head, rows)


def tries(rows: Sequence[Metrics]) -> str:
    """Every recipe that was tried in earnest."""
    corpora = list(rows[0]["uar"]) if rows else []
    figures = {"uar": "UAR", "negative_below_0": "negative below 0", "ece": "ECE"}
    head = [f"{words}, {CORPUS_NAMES[name]}" for words in figures.values() for name in corpora]
    return table(
        ["try", "recipe", *head],
        [
            [str(k + 1), row["recipe"]]
            + [figure for key in figures for figure in _figures(row[key], *corpora)]
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

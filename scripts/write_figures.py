#!/usr/bin/env python3
"""Write the README's table of figures from the metrics that the evaluations wrote.

    scripts/write_figures.py

A test holds the table current.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
BEGIN = "<!-- figures: written by scripts/write_figures.py -->\n"
END = "<!-- end of figures -->\n"
SETTINGS = {
    "shipped": "by the shipped settings, chosen on them",
    "desk": "by settings chosen on the others",
}
CORPORA = {"ferplus": "FER+", "affectnet": "AffectNet", "kdef": "KDEF", "ckplus": "CK+"}


def write_table(root: Path = ROOT) -> str:
    """The table's text, in Markdown."""
    rows = [*_face(root), *_music(root), *_picks(root)]
    lines = [f"| {what} | {figure} |\n" for what, figure in rows]
    return "".join(["| what | measured |\n", "| --- | --- |\n", *lines])


def put_in(text: str, table: str) -> str:
    """The README's text with the table between its marks.

    Raises:
        ValueError: a mark is missing.
    """
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError("the README has no marks for the figures")
    return f"{head}{BEGIN}{table}{END}{tail}"


def _face(root: Path) -> Iterator[tuple[str, str]]:
    face = _metrics(root, "face_mood")
    ferplus, apex = face["ferplus_test"]["own_head"], face["ckplus_sequences"]["apex"]
    strangers = face["strangers"]["corpora"]
    names = ", ".join(CORPORA[name] for name in strangers)
    recalls = ", ".join(f"{one['even']['uar']:.3f}" for one in strangers.values())
    yield f"unweighted recall on a corpus left out: {names}", recalls
    for settings, words in SETTINGS.items():
        named = ", ".join(
            f"{one[settings]['kept_accuracy']:.3f} of {one[settings]['coverage_by_emotion']:.0%}"
            for one in strangers.values()
        )
        yield f"the same: what is named without doubt is right in, {words}", named
    clear = f"{ferplus['clear']['accuracy']:.3f}"
    yield "faces of FER+ with a clear majority, eight emotions, test split", clear
    posed = face["ckplus48"]
    what = f"CK+48, seven emotions, {posed['subjects']} people not seen in training"
    yield what, f"{posed['accuracy']:.3f}"
    what = f"KDEF, seven emotions, {face['kdef']['people']} people not seen in training"
    yield what, f"{face['kdef']['accuracy']:.3f}"
    what = f"{apex['count']} real sequences of CK+ through the detector, people held out"
    yield what, f"{apex['accuracy']:.3f}"


def _music(root: Path) -> Iterator[tuple[str, str]]:
    music = _metrics(root, "track_mood")
    network = music["network"]
    svms = max(music["svm_macro_f1"].values())
    yield "music, four quadrants, macro F1 (best SVM)", f"{network['macro_f1']:.3f} ({svms:.3f})"
    signs = f"{network['arousal_sign']:.3f} / {network['valence_sign']:.3f}"
    yield "its sign of arousal / valence right", signs
    yield "its ten surest of each quadrant right", f"{network['picks_top_10']:.3f}"


def _picks(root: Path) -> Iterator[tuple[str, str]]:
    picks = _metrics(root, "picks")
    chain, given = picks["whole_chain"]["choosers"], picks["given_mood"]
    yield "right picks, given the mood (at random)", _beside(given, "right")
    yield "right picks, from the face on (at random)", _beside(chain)
    learning = picks["learning"]
    what = f"fewer skips by learning, {learning['seeds']} simulated listeners"
    yield what, f"{learning['fewer_skips']:.0%}"
    context = json.loads((root / "models" / "picks" / "context.json").read_text("utf-8"))
    told = context["verdicts"]
    what = f"early skips of random picks' without a camera, {context['listeners']} simulated"
    yield what, f"{told['no_camera_to_random']['ratio']:.0%}"
    what = "fewer early skips by face and listening than by the face alone"
    yield what, f"{1 - told['both_to_face_alone']['ratio']:.0%}"


def _beside(choosers: dict[str, Any], key: str | None = None) -> str:
    ours, random = (choosers[name] for name in ("companion", "random"))
    if key:
        ours, random = ours[key], random[key]
    return f"{ours:.3f} ({random:.3f})"


def _metrics(root: Path, name: str) -> dict[str, Any]:
    text = (root / "models" / name / "metrics.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def main() -> None:
    """Rewrite the README."""
    readme = ROOT / "README.md"
    readme.write_text(put_in(readme.read_text("utf-8"), write_table()), "utf-8")


if __name__ == "__main__":
    main()

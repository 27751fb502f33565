from __future__ import annotations

import numpy as np
from training.music.data import NO_LABEL, Clips
from training.music.report.piano import piano_figures, read_labels, summarise


def test_only_the_rendered_pieces_are_measured() -> None:
    nothing = np.full(4, NO_LABEL)
    clips = Clips(("a.opus", "b.mid", "c.mid", "d.opus"), nothing, np.arange(4), nothing)
    said = np.eye(4)[[3, 1, 0, 3]]
    figures = piano_figures(clips, said)
    assert figures["pieces"] == 2
    assert figures["accuracy"] == 0.5


def test_the_signs_of_a_phrase_are_its_quadrant() -> None:
    rows = ["a.mid,1,1", "b c.mid,-1,1", "d.mid,-1,-1", "e.mid,1,-1"]
    table = "\n".join(["midi,valence,arousal", *(f"labelled/phrases/{row}" for row in rows)])
    assert read_labels(table) == {"a.mid": 0, "b c.mid": 1, "d.mid": 2, "e.mid": 3}


def test_who_takes_all_for_calm_is_right_in_a_quarter() -> None:
    said = np.tile([0.02, 0.02, 0.06, 0.9], (8, 1))
    figures = summarise(said, np.arange(8) % 4)
    assert figures["accuracy"] == 0.25
    assert figures["taken for Q4"] == 8
    assert figures["share of its mistakes that it is sure of"] == 1
    assert figures["sign of arousal right"] == 0.5


def test_no_mistake_is_no_sure_mistake() -> None:
    figures = summarise(np.eye(4), np.arange(4))
    assert figures["accuracy"] == 1
    assert figures["share of its mistakes that it is sure of"] == 0

from __future__ import annotations

from collections import Counter
from statistics import mean

import pytest

from companion.affect import Quadrant
from companion.demo.composer.compose import MODES
from companion.demo.composer.drums import DRUMS
from companion.demo.composer.repertoire import STYLES
from companion.demo.composer.styles import FINISH, Style
from companion.demo.composer.voices import VOICES

ROLES = {"chords", "arpeggio", "power", "bass", "melody"}


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_a_style_can_be_played(style: Style) -> None:
    steps = {len(layer.pattern) for layer in style.layers}
    assert len(steps) == 1
    assert steps <= {12, 16}
    assert {len(pattern) for _, pattern in style.drums} <= steps
    assert {layer.role for layer in style.layers} <= ROLES
    assert {layer.voice for layer in style.layers} <= set(VOICES)
    assert {drum for drum, _ in style.drums} <= set(DRUMS)
    assert style.mode in MODES
    for layer in style.layers:
        assert set(layer.pattern) <= (set("xfo.") if layer.role == "bass" else set("x."))


def test_each_quadrant_has_seven_styles_with_names_of_their_own() -> None:
    assert set(Counter(style.quadrant for style in STYLES).values()) == {7}
    assert len({style.name for style in STYLES}) == len(STYLES) == 28


def of(quadrant: Quadrant) -> list[Style]:
    return [style for style in STYLES if style.quadrant == quadrant]


def test_the_cues_lie_as_the_literature_has_them() -> None:
    tempo = {quadrant: mean(style.bpm for style in of(quadrant)) for quadrant in Quadrant}
    assert min(tempo[Quadrant.Q1], tempo[Quadrant.Q2]) > max(tempo[Quadrant.Q3], tempo[Quadrant.Q4])
    for quadrant in (Quadrant.Q1, Quadrant.Q4):
        assert {style.mode for style in of(quadrant)} <= {"major", "lydian", "mixolydian"}
    for quadrant in (Quadrant.Q2, Quadrant.Q3):
        assert {style.mode for style in of(quadrant)} <= {"minor", "harmonic minor", "phrygian"}
    assert all(style.drums for style in of(Quadrant.Q1) + of(Quadrant.Q2))
    loud = {quadrant: FINISH[quadrant].loudness for quadrant in Quadrant}
    assert min(loud[Quadrant.Q1], loud[Quadrant.Q2]) > max(loud[Quadrant.Q3], loud[Quadrant.Q4])

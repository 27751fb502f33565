"""Simulated listeners: the same days with every chooser, and choosers that do as they say."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from evaluation.context.choosers import CHOOSERS, LEAVE_ALONE, Memory, draw
from evaluation.context.face import EMOTIONS, FaceModel, read_face, read_face_model
from evaluation.context.listeners import KINDS, Kind, Tagger, make_listener
from evaluation.context.measure import DRIFT_BOUND, compare, measure_drift, simulate
from evaluation.context.simulation import BEGIN, Simulation

from companion.affect import Affect
from companion.choose.score import weigh
from companion.choose.strategy import WIDE, Target
from companion.playback import Initiative, Play, PlayEnding
from companion.track import TaggedTrack, Track
from tests.locations import PROJECT

TAGGER = Tagger(valence=0.8, arousal=0.9)
ALBUM_TRACK = Play(
    "",
    BEGIN,
    Affect(0, 0),
    ending=PlayEnding.FINISHED,
    context="spotify:album:6",
    shuffled=False,
)
FACE = FaceModel(np.full((8, 8), 0.05) + 0.6 * np.eye(8), 0.2)


@pytest.mark.parametrize("kind", Kind)
def test_every_number_of_a_listener_lies_in_its_stated_range(kind: Kind) -> None:
    listener = make_listener(kind, TAGGER, 3)
    for name, number in listener.numbers.items():
        low, high = getattr(KINDS[kind], name)
        assert low <= number <= high


def test_tags_are_as_often_right_as_the_tagger() -> None:
    listeners = [make_listener(Kind.MOOD_DRIVEN, TAGGER, seed) for seed in range(20)]
    places = np.concatenate([one.places for one in listeners])
    tags = np.concatenate([one.tags for one in listeners])
    clear = np.abs(places) > 0.3  # where noise moves no sign
    right = [(np.sign(places) == np.sign(tags))[clear[:, axis], axis].mean() for axis in (0, 1)]
    assert right == pytest.approx([0.8, 0.9], abs=0.03)


def test_a_simulated_face_model_is_confused_and_abstains_as_published() -> None:
    rng = np.random.default_rng(0)
    said = [read_face(3, FACE, rng) for _ in range(2000)]
    kept = [one for one in said if one]
    assert 1 - len(kept) / len(said) == pytest.approx(0.2, abs=0.03)
    right = np.mean([one.emotion is EMOTIONS[3] for one in kept])
    assert right == pytest.approx(0.65, abs=0.05)


def test_the_published_figures_make_a_face_model() -> None:
    found = read_face_model(PROJECT / "models" / "face_mood" / "metrics.json")
    assert found.confusion.sum(axis=1) == pytest.approx(1)
    assert np.all(np.diag(found.confusion)[:3] > 0.5)  # neutral, happiness and surprise
    assert 0 < found.abstains < 1


def test_the_same_seed_is_the_same_life() -> None:
    listener = make_listener(Kind.ALBUMS, TAGGER, 1)
    ones = [Simulation(listener, CHOOSERS["both"], FACE, 1).run(3, 1) for _ in range(2)]
    assert ones[0] == ones[1]


def test_the_draw_goes_by_the_programs_own_score() -> None:
    listener = make_listener(Kind.MOOD_DRIVEN, TAGGER, 2)
    target = Affect(0.3, 0.4)
    drawn = {
        draw(listener, Memory(BEGIN), target, np.random.default_rng(seed)) for seed in range(60)
    }
    tagged = [
        TaggedTrack(Track(str(index), "", ""), Affect(*map(float, tag)), float(sure))
        for index, (tag, sure) in enumerate(zip(listener.tags, listener.confidence, strict=True))
    ]
    scored = [weigh(one, Target(target, WIDE, "match")).fit for one in tagged]
    assert drawn <= set(np.argsort(scored)[-5:].tolist())


@pytest.mark.parametrize("name", CHOOSERS)
def test_a_track_is_not_queued_twice_within_hours(name: str) -> None:
    simulation = Simulation(make_listener(Kind.MOOD_DRIVEN, TAGGER, 4), CHOOSERS[name], FACE, 4)
    simulation.run(2, 0)
    queued = [play for play in simulation.memory.plays if play.initiative.value == "companion"]
    by_track: dict[str, list[float]] = {}
    for play in queued:
        by_track.setdefault(play.track_id, []).append(play.started_at.timestamp())
    gaps = [b - a for times in by_track.values() for a, b in pairwise(times)]
    assert all(gap > 7.5 * 3600 for gap in gaps)


def test_the_choice_by_listening_leaves_an_album_alone() -> None:
    listener = make_listener(Kind.ALBUMS, TAGGER, 5)
    album = [
        replace(ALBUM_TRACK, track_id=str(index), initiative=who)
        for index, who in enumerate([Initiative.USER, Initiative.CONTINUED, Initiative.CONTINUED])
    ]
    rng = np.random.default_rng(0)
    for name in ("listening alone", "both"):
        assert CHOOSERS[name](listener, Memory(BEGIN, plays=album), rng) == LEAVE_ALONE


def test_a_chooser_is_compared_on_the_same_listeners() -> None:
    results = simulate(("random", "listening alone"), TAGGER, FACE, of_kind=1)
    assert compare(results, "random", "random", list(Kind))["ratio"] == 1
    assert compare(results, "listening alone", "random", list(Kind))["listeners"] == len(Kind)


@pytest.mark.slow
def test_the_program_does_not_follow_itself() -> None:
    drifts = measure_drift()["largest_drift"]
    assert max(drifts.values()) <= DRIFT_BOUND

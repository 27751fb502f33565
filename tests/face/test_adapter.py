from __future__ import annotations

from dataclasses import replace

import numpy as np

from companion.affect import FEATURES, IDENTITY, Emotion, FaceProfile, MoodExample, RestingFace
from companion.face.adapter import MOST_CROPS, Adapter
from companion.face.crop import SIDE
from tests.face.people import LABEL, SAD_LOOKING, identity_of, look_at, make_population

POPULATION = make_population()
EMOTIONS = list(Emotion)
RESTING = RestingFace(LABEL, look_at(offset=SAD_LOOKING).features, identity_of(0), 20, 20, 1, 0.0)
PROFILE = FaceProfile(LABEL, RESTING)
LOOK = look_at(offset=SAD_LOOKING)
SAID = np.array(LOOK.features[:8])


def read(profile: FaceProfile | None, person: int = 0) -> Emotion:
    look = replace(LOOK, identity=identity_of(person))
    return EMOTIONS[int(Adapter(POPULATION, profile).adapt(SAID, look).argmax())]


def test_the_user_is_read_by_their_own_face() -> None:
    assert read(None) == Emotion.SADNESS
    assert read(PROFILE) == Emotion.NEUTRAL


def test_somebody_else_is_not() -> None:
    assert read(PROFILE, person=1) == Emotion.SADNESS


def test_a_profile_of_other_weights_means_nothing() -> None:
    other = replace(PROFILE, model="face_adaptation/0")
    assert read(other) == Emotion.SADNESS
    assert not Adapter(POPULATION, other).is_active


def test_it_waits_for_a_few_looks() -> None:
    early = FaceProfile(LABEL, replace(RESTING, looks=2.0))
    assert not Adapter(POPULATION, early).is_active
    assert Adapter(POPULATION, PROFILE).is_active


def test_examples_work_without_a_resting_face() -> None:
    sad = MoodExample(Emotion.SADNESS, look_at(Emotion.SADNESS, SAD_LOOKING).features)
    assert Adapter(POPULATION, FaceProfile(LABEL, None, (sad,))).is_active


def test_a_look_in_numbers() -> None:
    crops = np.random.default_rng(0).integers(0, 255, (30, SIDE, SIDE), np.uint8)
    adapter = Adapter(POPULATION)
    look = adapter.describe(SAID + 7, crops)
    assert (look.model, len(look.features), len(look.identity)) == (LABEL, FEATURES, IDENTITY)
    np.testing.assert_allclose(look.features[:8], SAID - SAID.mean())
    still = adapter.describe(SAID, np.repeat(crops[:1], MOST_CROPS + 5, axis=0))
    np.testing.assert_allclose(still.features, adapter.describe(SAID, crops[:1]).features)

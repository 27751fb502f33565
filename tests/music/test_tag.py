from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from companion.affect import KeptFeatures, Quadrant, TrackMood
from companion.errors import ClipDamaged, ModelError
from companion.music.features.extract import IMAGE_ROWS
from companion.music.features_version import VERSION
from companion.music.model.place import place
from companion.music.model.words import MOST
from companion.music.tag import MODEL, SETTINGS, Tagger
from companion.music.track_features import BYTES, CODES, SIZES, TrackFeatures
from companion.weights import models_folder, open_model, write_manifest
from tests.music.sounds import chord, clicks, encode, noise, tone

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "music"

MOST_PARAMETERS = 3_000_000


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger()


def check(mood: TrackMood) -> None:
    assert list(mood.probabilities) == list(Quadrant)
    assert sum(mood.probabilities.values()) == pytest.approx(1)
    assert mood.confidence == max(mood.probabilities.values())
    assert mood.probabilities[mood.quadrant] == mood.confidence
    assert mood.model == open_model(MODEL).label


@pytest.mark.parametrize(
    "wave",
    [tone(220), noise(), clicks(120), chord([262, 330, 392]), tone(440, 3.0), clicks(90, 40.0)],
    ids=["tone", "noise", "clicks", "chord", "short", "long"],
)
def test_any_sound_gets_a_mood(tagger: Tagger, wave: np.ndarray) -> None:
    check(tagger.tag(encode(wave)))


def test_loud_noise_is_more_aroused_than_a_soft_chord(tagger: Tagger) -> None:
    loud = tagger.tag(encode(3 * noise(20.0) + clicks(160, 20.0)))
    soft = tagger.tag(encode(0.2 * chord([196, 247, 294], 20.0)))
    assert loud.affect.arousal > soft.affect.arousal
    assert loud.quadrant in (Quadrant.Q1, Quadrant.Q2)


def test_tempo_and_pitch_are_told(tagger: Tagger) -> None:
    mood = tagger.tag(encode(clicks(100, 20.0) + tone(220, 20.0)))
    assert mood.tempo == pytest.approx(100, rel=0.05)
    assert mood.pitch.low_hz == pytest.approx(220, rel=0.1)


def test_the_same_clip_gets_the_same_mood(tagger: Tagger) -> None:
    assert tagger.tag(encode(noise())) == tagger.tag(encode(noise()))


@pytest.mark.parametrize("audio", [b"", b"junk" * 500, encode(tone(440, 1.0))])
def test_a_damaged_clip_gets_none(tagger: Tagger, audio: bytes) -> None:
    with pytest.raises(ClipDamaged):
        tagger.tag(audio)


def copy_model(root: Path) -> Path:
    shutil.copytree(models_folder() / MODEL, root / MODEL)
    return root / MODEL


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"shape": {"hidden": 1, "depth": 9}, "share": 0.5, "temperature": 1},
        {"shape": None, "share": 0.5, "temperature": 1},
    ],
)
def test_settings_of_another_version_are_one_clear_error(tmp_path: Path, settings: object) -> None:
    check_refused(tmp_path, settings)


def test_weights_for_other_statistics_are_one_clear_error(tmp_path: Path) -> None:
    settings = open_model(MODEL).read_json(SETTINGS)
    check_refused(tmp_path, {**settings, "statistics": settings["statistics"][::-1]})


def check_refused(root: Path, settings: object) -> None:
    folder = copy_model(root)
    (folder / SETTINGS).write_text(json.dumps(settings))
    write_manifest(folder, "1", list(open_files(folder)))
    with pytest.raises(ModelError, match="does not fit"):
        Tagger(open_model(MODEL, root))


def open_files(folder: Path) -> list[str]:
    return list(json.loads((folder / "manifest.json").read_text())["files"])


def test_the_weights_fit_the_features() -> None:
    tensors = open_model(MODEL).read_tensors()
    assert tensors["encoder/mean"].shape == (len(IMAGE_ROWS),)
    codes = sum(2 * t.shape[1] for name, t in tensors.items() if name.endswith("centres"))
    assert codes == CODES
    assert tensors["standard/mean"].shape == (sum(SIZES),)


@pytest.mark.parametrize("wave", [noise(), chord([262, 330, 392])], ids=["noise", "chord"])
def test_kept_features_are_tagged_as_the_clip_is(tagger: Tagger, wave: np.ndarray) -> None:
    features = tagger.hear(encode(wave))
    assert all(np.isfinite(array).all() for array in features.arrays)
    again = TrackFeatures.from_bytes(features.to_bytes())
    mood = Tagger().read(again)
    tagged = tagger.tag(encode(wave))
    assert tagged.features is not None
    assert mood == tagger.tag_features(tagged.features) == replace(tagged, features=None)
    assert (mood.valence_spread, mood.arousal_spread) != (0, 0)


@pytest.mark.parametrize("numbers", [b"", b"CMF\x01", bytes(BYTES)], ids=["none", "short", "zero"])
def test_what_was_kept_damaged_is_refused(tagger: Tagger, numbers: bytes) -> None:
    with pytest.raises(ClipDamaged, match="features cannot be read"):
        tagger.tag_features(KeptFeatures(VERSION, numbers))


def test_the_place_is_that_of_the_probabilities(tagger: Tagger) -> None:
    mood = tagger.tag(encode(noise()))
    assert mood.affect == place(mood.probabilities).affect
    assert mood.instrumental is not None
    assert 0 <= mood.instrumental <= 1
    assert len(mood.tags) <= MOST


def test_the_model_is_small() -> None:
    learned = {k: t for k, t in open_model(MODEL).read_tensors().items() if "standard" not in k}
    assert sum(tensor.size for tensor in learned.values()) < MOST_PARAMETERS


@pytest.mark.data
def test_real_clips_get_moods(tagger: Tagger) -> None:
    if not DATA.is_dir():
        pytest.skip(f"needs the labelled clips in {DATA}")
    for path in sorted(DATA.glob("open/*.mp3")):
        check(tagger.tag(path))

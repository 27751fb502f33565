from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import PitchRange
from companion.music.features_version import VERSION
from companion.music.track_features import BYTES, HEAD, MAGIC, SIZES, TrackFeatures, halve


def make(seed: int = 0) -> TrackFeatures:
    random = np.random.default_rng(seed)
    arrays = [halve(10 * random.standard_normal(size)) for size in SIZES]
    codes, statistics, embedding, logits = arrays
    pitch = PitchRange(82.5, 440.0, 0.25)
    return TrackFeatures(codes, statistics, embedding, logits, 123.5, pitch)


def test_bytes_and_back() -> None:
    features = make()
    kept = features.to_bytes()
    again = TrackFeatures.from_bytes(kept)
    assert len(kept) == BYTES == HEAD.size + 2 * sum(SIZES)
    for first, second in zip(features.arrays, again.arrays, strict=True):
        assert np.array_equal(first, second)
    assert (again.tempo, again.pitch) == (features.tempo, features.pitch)


def test_a_track_takes_some_four_kilobytes() -> None:
    assert BYTES < 4096


@pytest.mark.parametrize(
    "damage",
    [
        lambda kept: b"",
        lambda kept: kept[:-1],
        lambda kept: kept + b"\0",
        lambda kept: b"XXX" + kept[3:],
        lambda kept: MAGIC + bytes([VERSION + 1]) + kept[4:],
    ],
    ids=["empty", "short", "long", "other", "version"],
)
def test_what_is_damaged_or_of_another_version_is_refused(damage: object) -> None:
    with pytest.raises(ValueError, match="damaged or of another version"):
        TrackFeatures.from_bytes(damage(make().to_bytes()))  # type: ignore[operator]


@given(st.lists(st.floats(width=32), min_size=1, max_size=20))
def test_any_number_is_halved_to_a_finite_one(numbers: list[float]) -> None:
    halves = halve(np.array(numbers, np.float32))
    assert halves.dtype == np.float16
    assert np.isfinite(halves).all()

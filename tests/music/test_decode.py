from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from companion.errors import ClipDamaged
from companion.music.decode import SAMPLE_RATE, decode
from tests.music.sounds import encode, noise, tone


def strongest_hertz(wave: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    return float(spectrum.argmax() * SAMPLE_RATE / len(wave))


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_any_rate_becomes_22050(rate: int) -> None:
    wave = decode(encode(tone(440, 4.0, rate, partials=1), rate))
    assert wave.dtype == np.float32
    assert len(wave) == pytest.approx(4 * SAMPLE_RATE, abs=2)
    assert strongest_hertz(wave) == pytest.approx(440, abs=1)


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_channels_are_averaged(channels: int) -> None:
    one = tone(440, 4.0)
    wave = decode(encode(np.stack([one] + [0 * one] * (channels - 1), axis=1)))
    assert wave.shape == one.shape
    assert np.abs(wave).max() == pytest.approx(np.abs(one).max() / channels, rel=1e-2)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3", "AIFF"])
def test_any_format_that_soundfile_reads(kind: str) -> None:
    wave = decode(encode(tone(440, 4.0), kind=kind))
    assert strongest_hertz(wave) == pytest.approx(440, abs=1)


def test_the_middle_thirty_seconds_are_used() -> None:
    parts = [tone(hertz, 30.0, partials=1) for hertz in (300, 500, 700)]
    wave = decode(encode(np.concatenate(parts)))
    assert len(wave) == 30 * SAMPLE_RATE
    assert strongest_hertz(wave) == pytest.approx(500, abs=1)


def test_a_path_reads_like_its_bytes(tmp_path: Path) -> None:
    audio = encode(tone(440, 4.0))
    path = tmp_path / "clip.wav"
    path.write_bytes(audio)
    assert np.array_equal(decode(path), decode(audio))


@pytest.mark.parametrize(
    ("audio", "reason"),
    [
        (b"", "cannot be decoded"),
        (b"no audio at all" * 100, "cannot be decoded"),
        (encode(tone(440, 4.0), kind="FLAC")[:60], "cannot be decoded"),
        (encode(tone(440, 2.9)), "too short: 2.9 s"),
        (encode(np.zeros(0, np.float32)), "too short"),
        (encode(np.zeros(5 * SAMPLE_RATE, np.float32)), "silent"),
        (encode(1e-5 * noise()), "silent"),
        (encode(tone(440, 601, 8_000), 8_000), "too long: 10.0 minutes"),
        (encode(tone(440, 40, 4_000), 4_000), "4000 samples a second"),
        (encode(tone(440, 4, 192_000), 192_000), "192000 samples a second"),
    ],
)
def test_what_cannot_be_used_says_why(audio: bytes, reason: str) -> None:
    with pytest.raises(ClipDamaged, match=reason):
        decode(audio)


def test_samples_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    import soundfile

    path = tmp_path / "nan.wav"
    soundfile.write(path, np.full(5 * SAMPLE_RATE, np.nan, np.float32), SAMPLE_RATE, "FLOAT")
    with pytest.raises(ClipDamaged, match="no numbers"):
        decode(path)


def test_a_missing_path_is_a_damaged_clip(tmp_path: Path) -> None:
    with pytest.raises(ClipDamaged):
        decode(tmp_path / "gone.mp3")


def test_exactly_three_seconds_are_enough() -> None:
    assert len(decode(encode(tone(440, 3.0)))) == 3 * SAMPLE_RATE

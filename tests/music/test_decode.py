from __future__ import annotations

import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.errors import ClipDamaged
from companion.music.decode import SAMPLE_RATE, decode
from tests.music.sounds import encode, noise, tone

MP3 = encode(tone(440, 6.0), kind="MP3")


def strongest_hertz(wave: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    return float(spectrum.argmax() * SAMPLE_RATE / len(wave))


RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000)
MP3_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
OPUS_RATES = (8_000, 12_000, 16_000, 24_000, 48_000)
KINDS = [
    *[("WAV", None, rate, channels) for rate in RATES for channels in (1, 2, 8)],
    *[("FLAC", None, rate, channels) for rate in RATES for channels in (1, 2, 8)],
    *[("OGG", "VORBIS", rate, channels) for rate in RATES for channels in (1, 2, 6)],
    *[("OGG", "OPUS", rate, channels) for rate in OPUS_RATES for channels in (1, 2, 8)],
    *[("MP3", None, rate, channels) for rate in MP3_RATES for channels in (1, 2)],
    *[("AIFF", None, rate, 2) for rate in (8_000, 44_100, 96_000)],
    *[("WAV", part, 44_100, 2) for part in ("PCM_U8", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")],
    *[("WAV", part, 8_000, 1) for part in ("ULAW", "ALAW", "MS_ADPCM")],
    *[("W64", None, 48_000, 5), ("CAF", None, 48_000, 3), ("AU", None, 22_050, 7)],
]


@pytest.mark.parametrize(("kind", "part", "rate", "channels"), KINDS)
def test_any_kind_of_file(kind: str, part: str | None, rate: int, channels: int) -> None:
    one = tone(440, 4.0, rate, partials=1)
    wave = decode(encode(np.stack([one] * channels, axis=1), rate, kind, part))
    assert wave.dtype == np.float32
    assert len(wave) == pytest.approx(4 * SAMPLE_RATE, rel=0.02)  # MP3 adds some silence
    assert strongest_hertz(wave) == pytest.approx(440, abs=1)
    assert wave.std() == pytest.approx(one.std(), rel=0.2)  # surround loses the deep channel


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_channels_are_averaged(channels: int) -> None:
    one = tone(440, 4.0)
    wave = decode(encode(np.stack([one] + [0 * one] * (channels - 1), axis=1)))
    assert wave.shape == one.shape
    assert np.abs(wave).max() == pytest.approx(np.abs(one).max() / channels, rel=1e-2)


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


@pytest.mark.parametrize("seconds", [3.0, 29.9, 30.0, 30.1, 200.0, 600.0])
def test_any_length_from_three_seconds_to_ten_minutes(seconds: float) -> None:
    wave = decode(encode(tone(440, seconds, 8_000, partials=1), 8_000))
    assert len(wave) / SAMPLE_RATE == pytest.approx(min(seconds, 30), abs=1e-3)
    assert strongest_hertz(wave) == pytest.approx(440, abs=1)


def write_sparse_wav(path: Path, seconds: int, rate: int, channels: int) -> None:
    """A WAV of 16 bits that is silent but for noise in its middle, and takes no room on disk."""
    frame = 2 * channels
    size = seconds * rate * frame
    noise = np.random.default_rng(0).integers(-9_000, 9_000, 10 * rate * channels, np.int16)
    with path.open("wb") as file:
        file.write(struct.pack("<4sI4s", b"RIFF", size + 36, b"WAVE"))
        rates = (rate, rate * frame, frame, 16)
        file.write(struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, *rates))
        file.write(struct.pack("<4sI", b"data", size))
        file.seek(44 + (seconds // 2 - 5) * rate * frame)
        file.write(noise.tobytes())
        file.truncate(44 + size)


def test_ten_minutes_of_eight_channels_need_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    write_sparse_wav(path, 600, 96_000, 8)
    tracemalloc.start()
    wave = decode(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(wave) == 30 * SAMPLE_RATE
    assert np.abs(wave[10 * SAMPLE_RATE : 20 * SAMPLE_RATE]).max() > 0.05
    assert peak < 50e6  # the 30 s alone have 92 MB


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3", "AIFF"])
@pytest.mark.parametrize("share", [0.0001, 0.01, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_broke_off_gives_what_it_has_or_says_so(kind: str, share: float) -> None:
    audio = encode(tone(440, 10.0), kind=kind)
    wave = decoded(audio[: int(len(audio) * share)])
    if wave is not None:
        assert 3 * SAMPLE_RATE <= len(wave) <= 10.1 * SAMPLE_RATE
        assert strongest_hertz(wave) == pytest.approx(440, abs=1)


def decoded(audio: bytes) -> np.ndarray | None:
    """The waveform; None where the clip is refused, with one sentence."""
    try:
        return decode(audio)
    except ClipDamaged as damaged:
        sentence = str(damaged)
    assert "\n" not in sentence
    return None


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"RIFF", b"fLaC", b"OggS", b"ID3", b"\xff\xfb"])
)
def test_any_bytes_are_a_damaged_clip(content: bytes, begin: bytes) -> None:
    with pytest.raises(ClipDamaged):
        decode(begin + content)


@given(st.integers(0, len(MP3) - 1), st.integers(0, 255))
def test_a_changed_byte_never_crashes(place: int, value: int) -> None:
    audio = bytearray(MP3)
    audio[place] = value
    wave = decoded(bytes(audio))
    assert wave is None or np.isfinite(wave).all()


def test_a_text_named_mp3(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_text("This is no song.\n" * 500)
    with pytest.raises(ClipDamaged, match="cannot be decoded"):
        decode(path)


def test_a_constant_offset_is_silence() -> None:
    with pytest.raises(ClipDamaged, match="silent"):
        decode(encode(np.full(5 * SAMPLE_RATE, 0.5, np.float32)))


def test_a_sound_on_a_constant_offset_is_heard() -> None:
    wave = decode(encode(tone(440, 4.0) + np.float32(0.3)))
    assert strongest_hertz(wave - wave.mean()) == pytest.approx(440, abs=1)


def test_channels_that_cancel_each_other_are_silent() -> None:
    one = tone(440, 4.0)
    with pytest.raises(ClipDamaged, match="silent"):
        decode(encode(np.stack([one, -one], axis=1), part="FLOAT"))


def test_a_clipped_recording_is_heard() -> None:
    wave = decode(encode(np.clip(20 * tone(440, 4.0), -1, 1)))
    assert strongest_hertz(wave) == pytest.approx(440, abs=1)


def test_floats_beyond_full_scale_are_heard() -> None:
    wave = decode(encode(30_000 * tone(440, 4.0), part="FLOAT"))
    assert np.isfinite(wave).all()
    assert strongest_hertz(wave) == pytest.approx(440, abs=1)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
@pytest.mark.parametrize("part", ["FLOAT", "DOUBLE"])
def test_samples_that_are_no_numbers_are_refused(value: float, part: str) -> None:
    wave = tone(440, 5.0)
    wave[SAMPLE_RATE] = value
    with pytest.raises(ClipDamaged, match="no numbers"):
        decode(encode(wave, part=part))


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


def test_a_missing_path_is_a_damaged_clip(tmp_path: Path) -> None:
    with pytest.raises(ClipDamaged):
        decode(tmp_path / "gone.mp3")

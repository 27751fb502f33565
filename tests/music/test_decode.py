from __future__ import annotations

import io
import os
import struct
import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from companion.errors import ClipDamaged
from companion.music.decode import SAMPLE_RATE, decode, measure_seconds
from tests.music.sounds import encode, noise, tone

pytestmark = pytest.mark.slow

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
    *[("WAV", None, rate, 2) for rate in (176_400, 192_000, 384_000)],
    *[("FLAC", None, rate, 2) for rate in (176_400, 192_000)],
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


@pytest.mark.parametrize("seconds", [3.0, 29.9, 30.0, 30.1, 200.0, 660.0])
def test_any_length_from_three_seconds_on(seconds: float) -> None:
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


def three_tones(rate: int = 44_100) -> np.ndarray:
    """Forty seconds of which the middle thirty are at 500 Hz."""
    parts = ((300, 5.0), (500, 30.0), (700, 5.0))
    return np.concatenate([tone(hertz, length, rate, partials=1) for hertz, length in parts])


def flac_of_unknown_length(wave: np.ndarray, rate: int) -> bytes:
    """As an encoder leaves it that writes to a pipe: 36 bits of zeros in STREAMINFO."""
    audio = bytearray(encode(wave, rate, "FLAC"))
    audio[21] &= 0xF0
    audio[22:26] = bytes(4)
    return bytes(audio)


def wav_of_size(size: bytes, wave: np.ndarray, rate: int) -> bytes:
    """With this as the size of the file and of its sound."""
    audio = encode(wave, rate)
    at = audio.index(b"data")
    return audio[:4] + size + audio[8 : at + 4] + size + audio[at + 8 :]


def rf64_that_was_cut(wave: np.ndarray, rate: int) -> bytes:
    """With zeros where its sizes would be, as before the end of a recording."""
    audio = bytearray(encode(wave, rate, "RF64"))
    audio[20:44] = bytes(24)
    return bytes(audio)


def mp3_of_varying_bitrate(wave: np.ndarray, rate: int, *, says_length: bool) -> bytes:
    """Begins in near silence, so that its first bitrate is far from its mean."""
    quiet = np.concatenate([1e-4 * noise_at(rate, 20.0), wave, 0.3 * noise_at(rate, 20.0)])
    file = io.BytesIO()
    soundfile.write(
        file, quiet, rate, format="MP3", subtype="MPEG_LAYER_III", bitrate_mode="VARIABLE"
    )
    audio = file.getvalue()
    return audio if says_length else audio[first_frame_bytes(audio) :]


def noise_at(rate: int, seconds: float) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(int(seconds * rate)).astype(np.float32)


def first_frame_bytes(mp3: bytes) -> int:
    return mp3.index(mp3[:2], 2)


UNKNOWN: dict[str, Callable[[np.ndarray, int], bytes]] = {
    "FLAC": flac_of_unknown_length,
    "WAV 0": partial(wav_of_size, bytes(4)),
    "WAV FF": partial(wav_of_size, b"\xff" * 4),
    "WAV 7F": partial(wav_of_size, b"\xf0\xff\xff\x7f"),
    "RF64": lambda wave, rate: encode(wave, rate, "RF64"),
    "RF64 cut": rf64_that_was_cut,
}


@pytest.mark.parametrize("kind", UNKNOWN)
@pytest.mark.parametrize("rate", [44_100, 192_000])
def test_a_length_that_is_not_said_is_found(kind: str, rate: int, tmp_path: Path) -> None:
    audio = UNKNOWN[kind](three_tones(rate), rate)
    (tmp_path / "clip").write_bytes(audio)
    for source in (audio, tmp_path / "clip"):
        wave = decode(source)
        assert len(wave) == 30 * SAMPLE_RATE
        assert strongest_hertz(wave) == pytest.approx(500, abs=1)
        assert strongest_hertz(wave[: 2 * SAMPLE_RATE]) == pytest.approx(500, abs=1)
        assert strongest_hertz(wave[-2 * SAMPLE_RATE :]) == pytest.approx(500, abs=1)
        assert measure_seconds(source) == pytest.approx(40, abs=0.15)


@pytest.mark.parametrize("says_length", [True, False])
@pytest.mark.parametrize("rate", [44_100, 22_050])
def test_an_mp3_of_varying_bitrate(says_length: bool, rate: int, tmp_path: Path) -> None:
    audio = mp3_of_varying_bitrate(three_tones(rate), rate, says_length=says_length)
    (tmp_path / "clip.mp3").write_bytes(audio)
    for source in (audio, tmp_path / "clip.mp3"):
        assert measure_seconds(source) == pytest.approx(80, abs=0.2)
        wave = decode(source)
        assert len(wave) == 30 * SAMPLE_RATE
        assert strongest_hertz(wave) == pytest.approx(500, abs=1)
        assert strongest_hertz(wave[-2 * SAMPLE_RATE :]) == pytest.approx(500, abs=1)


def test_eleven_minutes_of_flac() -> None:
    wave = decode(encode(tone(440, 660.0, 44_100, partials=1), 44_100, "FLAC"))
    assert len(wave) == 30 * SAMPLE_RATE
    assert strongest_hertz(wave) == pytest.approx(440, abs=1)


def test_a_file_that_is_half_as_long_as_it_says_gives_its_own_middle() -> None:
    audio = encode(three_tones(), 44_100, "FLAC")
    wave = decode(audio[: len(audio) * 2 // 5])
    assert len(wave) >= 10 * SAMPLE_RATE
    assert strongest_hertz(wave) == pytest.approx(500, abs=1)


@pytest.mark.parametrize("junk", [b"\0" * 2000, b"TAG" + b" " * 125, bytes(range(256)) * 8])
def test_libmpg123_says_nothing_on_stderr(junk: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    middle = len(MP3) // 2
    decoded(MP3[:middle] + junk + MP3[middle:] + junk)
    decoded(b"ID3\x04\0\x10\0\0\x7f\x7f" + junk + MP3)
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.timeout(20)
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    with pytest.raises(ClipDamaged, match="is not a file"):
        decode(tmp_path / "pipe.mp3")


@pytest.mark.skipif(sys.platform == "win32", reason="names are Unicode there")
@pytest.mark.parametrize("name", [b"song\xe9\xff.wav", b"http:", b"file:a.wav", b"-"])
def test_odd_names_are_files(name: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path(os.fsdecode(name))
    path.write_bytes(encode(tone(440, 4.0)))
    assert strongest_hertz(decode(path)) == pytest.approx(440, abs=1)


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
        (encode(tone(440, 40, 4_000), 4_000), "4000 samples a second"),
        (encode(tone(440, 4, 800_000), 800_000), "800000 samples a second"),
    ],
)
def test_what_cannot_be_used_says_why(audio: bytes, reason: str) -> None:
    with pytest.raises(ClipDamaged, match=reason):
        decode(audio)


def test_a_missing_path_is_a_damaged_clip(tmp_path: Path) -> None:
    with pytest.raises(ClipDamaged):
        decode(tmp_path / "gone.mp3")

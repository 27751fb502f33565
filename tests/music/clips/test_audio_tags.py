from __future__ import annotations

from pathlib import Path

import mutagen
import pytest
from mutagen.apev2 import APEv2

from companion.music.clips import audio_tags
from companion.music.clips.audio_tags import AudioTags, read_audio_tags
from tests.music.sounds import encode, tone
from tests.music.test_decode import (
    flac_of_unknown_length,
    mp3_of_varying_bitrate,
    rf64_that_was_cut,
    three_tones,
    wav_of_size,
)

ISRC = "DEAB12600001"
MP3 = encode(tone(330, 5.0), kind="MP3")
RATE = 44_100


def test_apev2_tags_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(MP3)
    tags = APEv2()
    tags.update({"Title": "Song", "Artist": ["One", "Two"], "ISRC": "de-ab1-26-00001"})
    tags.save(path)
    read = read_audio_tags(path)
    assert (read.title, read.artists, read.isrc) == ("Song", ("One", "Two"), ISRC)
    assert read.duration_s == pytest.approx(5, abs=0.1)


def test_id3_tags_come_before_apev2_tags(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(MP3)
    APEv2().save(path)
    file = mutagen.File(path, easy=True)
    file.update({"title": "Song"})
    file.save()
    assert read_audio_tags(path).title == "Song"


@pytest.mark.parametrize(
    ("name", "audio", "seconds"),
    [
        ("a.flac", flac_of_unknown_length(three_tones(), RATE), 40),
        ("a.wav", wav_of_size(bytes(4), three_tones(), RATE), 40),
        ("a.wav", wav_of_size(b"\xff" * 4, three_tones(), RATE), 40),
        ("a.wav", encode(three_tones(), RATE, "RF64"), 40),
        ("a.wav", rf64_that_was_cut(three_tones(), RATE), 40),
        ("a.mp3", mp3_of_varying_bitrate(three_tones(), RATE, says_length=False), 80),
        ("a.mp3", mp3_of_varying_bitrate(three_tones(), RATE, says_length=True), 80),
        ("a.mp3", MP3, 5),
        ("a.ogg", encode(tone(330, 5.0), kind="OGG"), 5),
        ("a.opus", encode(tone(330, 5.0, 48_000), 48_000, "OGG", "OPUS"), 5),
    ],
)
def test_the_length_is_right(name: str, audio: bytes, seconds: float, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(audio)
    assert read_audio_tags(path).duration_s == pytest.approx(seconds, abs=0.2)


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"OggS", b"fLaC", b"ID3" + b"\xff" * 20, b"RIFF\0\0\0\0WAVE", b"text" * 99],
)
@pytest.mark.parametrize("suffix", ["mp3", "flac", "ogg", "opus", "wav", "aiff"])
def test_what_cannot_be_read_has_no_tags(content: bytes, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(content)
    assert read_audio_tags(path) == AudioTags()


@pytest.mark.parametrize("error", [IndexError, OverflowError, MemoryError, RecursionError])
def test_whatever_the_reader_of_tags_raises_costs_one_file(
    error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(mutagen, "File", fail)
    (tmp_path / "a.ogg").write_bytes(b"OggS")
    assert read_audio_tags(tmp_path / "a.ogg") == AudioTags()


@pytest.mark.parametrize("length", [-1.0, float("nan"), float("inf"), 1e300, None, "5"])
def test_absurd_lengths_are_none(
    length: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class File:
        tags = None
        info = type("Info", (), {"length": length})

    monkeypatch.setattr(audio_tags, "_read", lambda _: File())
    (tmp_path / "a.ogg").write_bytes(b"OggS")
    assert read_audio_tags(tmp_path / "a.ogg").duration_s == 0


def test_titles_are_cleaned(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(MP3)
    file = mutagen.File(path, easy=True)
    file.update({"title": "\x1b[31mSong\x1b[0m\x07\n", "artist": "B\x9b2Jand", "isrc": "nonsense"})
    file.save()
    read = read_audio_tags(path)
    assert (read.title, read.artists, read.isrc) == ("Song", ("Band",), None)

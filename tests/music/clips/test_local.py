from __future__ import annotations

import os
import sys
from pathlib import Path

import mutagen
import pytest

from companion.errors import ClipDamaged, ClipMismatch, ClipMissing, ClipSourceBroken
from companion.music.clips.local import LocalClips, parse_name, read_audio_file
from companion.music.clips.provider import ClipProvider, ClipQuery, MatchedBy
from companion.music.decode import decode
from tests.music.clips.contract import ISRC, SECONDS, ProviderContract
from tests.music.sounds import encode, tone

SOUND = {kind: encode(tone(330, SECONDS), kind=kind) for kind in ("FLAC", "OGG", "MP3", "WAV")}


def put(path: Path, **tags: str) -> Path:
    """A file of five seconds with these tags."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(SOUND[path.suffix[1:].upper()])
    if tags:
        file = mutagen.File(path, easy=True)
        file.update(tags)
        file.save()
    return path


class TestLocalClips(ProviderContract):
    @pytest.fixture
    def provider(self, tmp_path: Path) -> ClipProvider:
        put(tmp_path / "x1.flac", title="Song", artist="Band", isrc=ISRC)
        (tmp_path / "Band - Broken.mp3").write_bytes(b"no audio" * 100)
        return LocalClips(tmp_path)

    @pytest.fixture
    def empty(self, tmp_path: Path) -> ClipProvider:
        return LocalClips(tmp_path)


@pytest.mark.parametrize("name", ["a.flac", "a.ogg", "a.mp3"])
def test_tags_are_read_of_each_format(tmp_path: Path, name: str) -> None:
    path = put(tmp_path / name, title="Song", artist="Band", isrc="de-ab1-26-00001")
    file = read_audio_file(path, tmp_path)
    assert (file.recording.title, file.recording.artists, file.isrc) == ("Song", ("Band",), ISRC)
    assert file.recording.duration_s == pytest.approx(SECONDS, abs=0.1)


def test_tags_of_a_wav_are_read(tmp_path: Path) -> None:
    tagged = mutagen.File(put(tmp_path / "a.mp3", title="Song", artist="Band", isrc=ISRC))
    wav = mutagen.File(put(tmp_path / "b.wav"))
    wav.add_tags()
    for frame in tagged.tags.values():
        wav.tags.add(frame)
    wav.save()
    file = read_audio_file(tmp_path / "b.wav", tmp_path)
    assert (file.recording.title, file.recording.artists, file.isrc) == ("Song", ("Band",), ISRC)


@pytest.mark.parametrize(
    ("path", "title", "artists"),
    [
        ("Band - Song.mp3", "Song", ("Band",)),
        ("Band - Song - Live.mp3", "Song - Live", ("Band",)),
        ("Band/Song.mp3", "Song", ("Band",)),
        ("Band/Album/03 Song.mp3", "Song", ("Band", "Album")),
        ("Band/Album/03 - Song.mp3", "Song", ("Band", "Album")),
        ("03. Band - Song.mp3", "Song", ("Band",)),
        ("99 Luftballons.mp3", "Luftballons", ()),
        ("1979.mp3", "1979", ()),
        ("7.mp3", "7", ()),
        ("Band - .mp3", "Band -", ()),
        ("-.mp3", "-", ()),
    ],
)
def test_names_are_parsed(path: str, title: str, artists: tuple[str, ...]) -> None:
    assert parse_name(Path("music") / path, Path("music")) == (title, artists)


@pytest.mark.parametrize(
    "path", ["Band - Song.mp3", "Band/Song.wav", "Band/An Album/01 Song.flac", "01 Band - Song.ogg"]
)
def test_found_by_its_name_where_it_has_no_tags(tmp_path: Path, path: str) -> None:
    put(tmp_path / path)
    clip = LocalClips(tmp_path).find(ClipQuery("Song", ("Band",), SECONDS, ISRC))
    assert clip.match.by is MatchedBy.NAME
    assert clip.reference == path
    assert clip.audio == tmp_path / path


def test_tags_win_over_the_name(tmp_path: Path) -> None:
    put(tmp_path / "Band - Song.mp3", title="Else", artist="Other")
    with pytest.raises(ClipMissing):
        LocalClips(tmp_path).find(ClipQuery("Song", ("Band",), SECONDS))


def test_the_better_match_wins(tmp_path: Path) -> None:
    put(tmp_path / "1.mp3", title="Song (Reprise)", artist="Band")
    put(tmp_path / "2.mp3", title="Song", artist="Band")
    clip = LocalClips(tmp_path).find(ClipQuery("Song", ("Band",), SECONDS))
    assert clip.reference == "2.mp3"


def test_a_live_recording_alone_is_a_mismatch(tmp_path: Path) -> None:
    put(tmp_path / "1.mp3", title="Song (Live)", artist="Band")
    with pytest.raises(ClipMismatch, match="version"):
        LocalClips(tmp_path).find(ClipQuery("Song", ("Band",), SECONDS))


def test_the_folder_is_read_once(tmp_path: Path) -> None:
    clips = LocalClips(tmp_path)
    query = ClipQuery("Song", ("Band",), SECONDS)
    with pytest.raises(ClipMissing):
        clips.find(query)
    put(tmp_path / "Band - Song.mp3")
    with pytest.raises(ClipMissing):
        clips.find(query)
    assert LocalClips(tmp_path).find(query)


def test_other_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "Band - Song.txt").write_text("words")
    (tmp_path / "Band - Song.mp3").mkdir()
    with pytest.raises(ClipMissing):
        LocalClips(tmp_path).find(ClipQuery("Song", ("Band",), SECONDS))


@pytest.mark.parametrize("name", ["gone", "a.mp3", "shut"])
def test_a_folder_that_cannot_be_read_is_no_tracks_fault(tmp_path: Path, name: str) -> None:
    put(tmp_path / "a.mp3")
    (tmp_path / "shut").mkdir(mode=0)
    if name == "shut" and os.access(tmp_path / "shut", os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(ClipSourceBroken, match="cannot be read") as raised:
        LocalClips(tmp_path / name).find(ClipQuery("Song", ("Band",), SECONDS))
    assert "clips.folder" in raised.value.remedy


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.timeout(30)
def test_pipes_and_links_to_nowhere_are_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "Band - Song.mp3")
    (tmp_path / "Band - Pipe.mp3").symlink_to(tmp_path / "Band - Song.mp3")
    (tmp_path / "Band - Gone.mp3").symlink_to(tmp_path / "nowhere")
    (tmp_path / "Loop").symlink_to(tmp_path)
    put(tmp_path / "Band - Other.mp3")
    clips = LocalClips(tmp_path)
    for title in ("Song", "Pipe", "Gone"):
        with pytest.raises(ClipMissing):
            clips.find(ClipQuery(title, ("Band",), SECONDS))
    assert clips.find(ClipQuery("Other", ("Band",), SECONDS)).reference == "Band - Other.mp3"


@pytest.mark.skipif(sys.platform == "win32", reason="names are Unicode there")
@pytest.mark.parametrize(
    ("name", "title", "reference"),
    [
        (b"Band - S\xf6ng.mp3", "Söng", r"Band - S\xf6ng.mp3"),
        (b"Band - \xff\xfe.mp3", "ÿþ", r"Band - \xff\xfe.mp3"),
        (b"http:/Band - Song.mp3", "Song", "http:/Band - Song.mp3"),
        (b"Band - S\x1b[31mong\n.mp3", "Song", "Band - S\x1b[31mong\n.mp3"),
    ],
)
def test_odd_names_of_files(tmp_path: Path, name: bytes, title: str, reference: str) -> None:
    put(tmp_path / "a.mp3")
    path = Path(os.fsdecode(bytes(tmp_path) + b"/" + name))
    path.parent.mkdir(exist_ok=True)
    (tmp_path / "a.mp3").rename(path)
    clip = LocalClips(tmp_path).find(ClipQuery(title, ("Band",), SECONDS))
    assert clip.reference == reference
    assert isinstance(clip.audio, Path)
    assert len(decode(clip.audio)) / 22_050 == pytest.approx(SECONDS, abs=0.1)


def test_a_hindi_title_is_not_taken_for_another(tmp_path: Path) -> None:
    put(tmp_path / "1.mp3", title="दाल", artist="बैंड")
    clips = LocalClips(tmp_path)
    with pytest.raises(ClipMissing):
        clips.find(ClipQuery("दिल", ("बैंड",), SECONDS))
    assert clips.find(ClipQuery("दाल", ("बैंड",), SECONDS)).match.confidence == 0.9


def test_one_damaged_file_costs_only_itself(tmp_path: Path) -> None:
    put(tmp_path / "good.ogg", title="Song", artist="Band")
    whole = SOUND["OGG"]
    for at in (27, 28, 40, 60):
        broken = whole[:26] + b"\x00" + whole[27:at]
        (tmp_path / f"Band - Broken {at}.ogg").write_bytes(broken)
        (tmp_path / f"Band - Broken {at}.opus").write_bytes(broken)
    clips = LocalClips(tmp_path)
    assert clips.find(ClipQuery("Song", ("Band",), SECONDS)).reference == "good.ogg"
    with pytest.raises(ClipDamaged, match="cannot be read"):
        clips.find(ClipQuery("Broken 27", ("Band",), SECONDS))

# ruff: noqa: RUF001 - letters of many scripts
from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.errors import ClipMismatch
from companion.music.clips.matching import (
    VERSIONS,
    Recording,
    match_by_isrc,
    match_by_name,
    plain_isrc,
    plain_key,
    plain_title,
    title_without_additions,
    versions,
)
from companion.music.clips.provider import ClipQuery, MatchedBy
from companion.names import name_key


def query(title: str = "Song", artist: str = "Band", duration_s: float = 200) -> ClipQuery:
    return ClipQuery(title, (artist,), duration_s)


def recording(title: str = "Song", artist: str = "Band", duration_s: float = 200) -> Recording:
    return Recording(title, (artist,), duration_s)


@pytest.mark.parametrize(
    ("title", "key", "plain"),
    [
        ("Song", "song", "song"),
        ("Song (feat. Someone)", "song", "song"),
        ("Song feat. Someone", "song", "song"),
        ("Song - 2011 Remaster", "song", "song"),
        ("Song [Remastered 2009]", "song", "song"),
        ("Song (Live)", "song live", "song"),
        ("Song - Live", "song live", "song"),
        ("Song (Part 2)", "song part 2", "song"),
        ("曲\uff08Part 2\uff09", "曲 part 2", "曲"),
        ("(I Can't Get No) Satisfaction", "satisfaction i cant get no", "satisfaction"),
        ("(Untitled)", "untitled", "untitled"),
        ("Twenty-One", "twenty one", "twenty one"),
        ("(", "(", "("),
    ],
)
def test_titles_without_what_makes_no_other_recording(title: str, key: str, plain: str) -> None:
    assert name_key(title_without_additions(title)) == key
    assert plain_key(title) == plain


@pytest.mark.parametrize("code", ["DEAB12600001", "de-ab1-26-00001", "DE AB1 26 00001"])
def test_an_isrc_is_compared_without_hyphens(code: str) -> None:
    assert plain_isrc(code) == "DEAB12600001"


def test_the_plain_title_keeps_its_writing() -> None:
    assert plain_title("Señorita (Live) - Remastered") == "Señorita"


@pytest.mark.parametrize("word", VERSIONS)
def test_each_version_word_is_seen(word: str) -> None:
    assert versions(f"Song ({word.title()} at Home)") == Counter([word])


@pytest.mark.parametrize("title", ["Alive", "Olive Tree", "Discovery", "Dubai", "Demon Days"])
def test_a_word_inside_a_word_is_no_version(title: str) -> None:
    assert versions(title) == Counter()


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Song (Sped-Up)", ["sped up"]),
        ("Song - 8-Bit Cover", ["8 bit", "cover"]),
        ("Song (slowed + reverb)", ["slowed", "reverb"]),
        ("Song (Taylor's Version)", ["taylors version"]),
        ("Song (Taylor\u2019s Version)", ["taylors version"]),
        ("SONG [KARAOKE VERSION]", ["karaoke"]),
        ("Canción (En Vivo)", ["en vivo"]),
        ("Song - A Cappella", ["a cappella"]),
        ("Song_(Live)", ["live"]),
        ("Live Forever (Live)", ["live", "live"]),
        ("Song (Originally Performed by Band)", ["originally performed by"]),
        ("Song (Album Version)", []),
        ("Song - 2011 Remaster", []),
        ("Song (Radio Edit)", []),
        ("Song", []),
        ("", []),
    ],
)
def test_the_words_of_a_title_that_tell_of_another_recording(title: str, words: list[str]) -> None:
    assert versions(title) == Counter(words)


@pytest.mark.parametrize(
    ("asked", "found", "confidence"),
    [
        (query(), recording(), 0.9),
        (query(), recording("SONG!", "the band"), 0.9),
        (query(), recording(duration_s=203), 0.9),
        (query(), recording("Song (feat. X) - Remastered"), 0.9),
        (query("Song (Live)"), recording("Song - Live"), 0.9),
        (query("Live Forever"), recording("Live Forever"), 0.9),
        (query("Live Forever - Remastered"), recording("LIVE FOREVER (2014 Remaster)"), 0.9),
        (query("Acoustic"), recording("Acoustic"), 0.9),
        (query("Cover Me (Live)"), recording("Cover Me [Live]"), 0.9),
        (query("Song (Sped Up)"), recording("Song - sped-up"), 0.9),
        (query("Song - Remastered 2011"), recording("Song"), 0.9),
        (query("Song - feat. Other"), recording("Song (ft. Other)"), 0.9),
        (query("Für Elise"), recording("Fu\u0308r Elise"), 0.9),
        (query("Song", "Beyoncé"), recording("Song", "BEYONCE"), 0.9),
        (query("Song"), recording("Song (Part of the Plan)"), 0.75),
        (query("दिल"), recording("दिल"), 0.9),
        (query("パパ"), recording("\uff8a\uff9f\uff8a\uff9f"), 0.9),
        (query("Işık"), recording("IŞIK"), 0.9),
        (query("Đêm Nay"), recording("Dem Nay"), 0.75),
        (query("Crème Brûlée"), recording("Creme Brulee"), 0.75),
        (query("شكراً"), recording("شكرا"), 0.75),
        (query("שָׁלוֹם"), recording("שלום"), 0.75),
        (query(artist="A"), recording(artist="A & B"), 0.9),
        (query(artist="Мой"), recording(artist="Другой FEAT. МОЙ"), 0.9),
        (query(artist="A"), recording(artist="B feat. A"), 0.9),
        (query(artist="Simon & Garfunkel"), recording(artist="Simon and Garfunkel"), 0.9),
    ],
)
def test_the_same_track(asked: ClipQuery, found: Recording, confidence: float) -> None:
    match = match_by_name(asked, found)
    assert (match.by, match.confidence) == (MatchedBy.NAME, confidence)


@pytest.mark.parametrize(
    ("asked", "found", "reason"),
    [
        (query(), recording(artist="Other"), "artist"),
        (query(), Recording("Song", (), 200), "artist"),
        (ClipQuery("Song", (), 200), recording(), "artist"),
        (ClipQuery("Song", ("",), 200), recording(artist=""), "artist"),
        (query(), recording("Song 2"), "title"),
        (query("Symphony No. 5"), recording("Symphony No. 6"), "title"),
        *[
            (query(one), recording(other), "title")
            for one, other in (
                *(("दाल", "दिल"), ("சிலை", "சாலை"), ("กา", "กี"), ("سأل", "سال"), ("שָׁר", "שַׂר")),
                *(("ハハ", "パパ"), ("사랑", "사람"), ("má", "mà"), ("kır", "kir"), ("Мой", "Мои")),
            )
        ],
        *[
            (query(artist=one), recording(artist=other), "artist")
            for one, other in (("दाल", "दिल"), ("ハハ", "パパ"), ("má", "mà"), ("kır", "kir"))
        ],
        (query(), recording(duration_s=203.1), "duration"),
        (query(), recording(duration_s=30), "duration"),
        (query(), recording("Song (Live)"), "version"),
        (query(), recording("Song - Live at Wembley"), "version"),
        (query(), recording("Song (Club Remix)"), "version"),
        (query(), recording("Song (Karaoke Version)"), "version"),
        (query(), recording("Song (Sped Up)"), "version"),
        (query(), recording("Song - Nightcore"), "version"),
        (query("Song (Live)"), recording("Song"), "version"),
        (query("Song (Live)"), recording("Song (Live Remix)"), "version"),
        (query("Live Forever"), recording("Live Forever (Acoustic)"), "version"),
        (query("Live Forever"), recording("Live Forever (Live)"), "version"),
        (query("Live Forever (Live)"), recording("Live Forever"), "version"),
        *[
            (query(), recording(f"Song ({version})"), "version")
            for version in (
                *("Live at the Hall", "Instrumental", "Acoustic", "8-Bit Version", "Nightcore"),
                *("slowed + reverb", "Sped Up", "sped-up", "Cover", "Tribute to Band", "Demo"),
                *("Piano Version", "Music Box", "Lullaby", "Band's Version", "Re-Recorded"),
                *("En Vivo", "Ao Vivo", "Unplugged", "Dub Mix", "Extended Mix", "VIP"),
                *("In the Style of Band", "Made Famous by Band", "Backing Track", "8D Audio"),
            )
        ],
        (query(""), recording(""), "title"),
    ],
)
def test_another_recording(asked: ClipQuery, found: Recording, reason: str) -> None:
    with pytest.raises(ClipMismatch, match=f"(Another|no) {reason}"):
        match_by_name(asked, found)


def test_an_isrc_needs_no_names() -> None:
    found = Recording("Lied", ("Kapelle",), 201)
    assert match_by_isrc(query(), found).confidence == 1.0


def test_an_isrc_with_another_duration_is_trusted_less() -> None:
    match = match_by_isrc(query(), recording(duration_s=30))
    assert match.by is MatchedBy.ISRC
    assert match.confidence < 0.9


def test_an_isrc_of_another_version_is_refused() -> None:
    with pytest.raises(ClipMismatch):
        match_by_isrc(query(), recording("Song (Karaoke)"))
    assert match_by_isrc(query("Song (Live)"), recording("Song")).confidence == 1.0


@given(st.text(min_size=1), st.text(min_size=1), st.floats(1, 1000))
def test_a_track_matches_itself(title: str, artist: str, duration_s: float) -> None:
    asked = ClipQuery(title, (artist,), duration_s)
    if name_key(artist) and name_key(title):
        assert match_by_name(asked, Recording(title, (artist,), duration_s)).confidence == 0.9


@pytest.mark.parametrize("title", ["", " ", "\t"])
def test_a_track_without_a_title_matches_nothing_by_name(title: str) -> None:
    with pytest.raises(ClipMismatch, match="no title"):
        match_by_name(query(title), recording(title))


def test_a_track_without_a_title_has_its_isrc() -> None:
    assert match_by_isrc(query(""), recording()).confidence == 1.0


@given(st.text(), st.text())
def test_a_version_is_never_taken_for_the_song(title: str, artist: str) -> None:
    with pytest.raises(ClipMismatch):
        match_by_name(
            ClipQuery(title, (artist,), 200), Recording(f"{title} (Karaoke)", (artist,), 200)
        )

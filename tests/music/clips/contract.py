"""The tests that every clip provider must pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from companion.errors import ClipDamaged, ClipMismatch, ClipMissing, CompanionError
from companion.music.clips.provider import ClipProvider, ClipQuery, MatchedBy
from companion.music.decode import decode

SECONDS = 5.0
ISRC = "DEAB12600001"


class ProviderContract:
    """Inherited by the test of each provider, which says in `provider` what it holds.

    It holds one readable recording: "Song" by "Band", ISRC as above, 5 s; and one that is
    damaged: "Broken" by "Band".
    """

    @pytest.fixture
    def provider(self) -> ClipProvider:
        raise NotImplementedError

    @pytest.fixture
    def empty(self) -> ClipProvider:
        raise NotImplementedError

    def test_its_name_is_one_of_the_setting(self, provider: ClipProvider) -> None:
        assert provider.name in ("local", "deezer")

    def test_found_by_isrc(self, provider: ClipProvider) -> None:
        clip = provider.find(ClipQuery("Song", ("Band",), SECONDS, ISRC))
        assert (clip.match.by, clip.match.confidence) == (MatchedBy.ISRC, 1.0)
        assert clip.provider == provider.name
        assert clip.reference

    def test_found_by_name(self, provider: ClipProvider) -> None:
        clip = provider.find(ClipQuery("song - 2011 Remaster", ("BAND",), SECONDS))
        assert clip.match.by is MatchedBy.NAME
        assert 0 < clip.match.confidence < 1

    def test_an_unknown_isrc_falls_back_on_the_name(self, provider: ClipProvider) -> None:
        clip = provider.find(ClipQuery("Song", ("Band",), SECONDS, "GBXX99999999"))
        assert clip.match.by is MatchedBy.NAME

    def test_its_audio_can_be_decoded(self, provider: ClipProvider) -> None:
        clip = provider.find(ClipQuery("Song", ("Band",), SECONDS, ISRC))
        assert isinstance(clip.audio, bytes | Path)
        assert len(decode(clip.audio)) / 22_050 == pytest.approx(SECONDS, abs=0.1)

    def test_asked_twice_it_answers_the_same(self, provider: ClipProvider) -> None:
        query = ClipQuery("Song", ("Band",), SECONDS, ISRC)
        assert provider.find(query) == provider.find(query)

    @pytest.mark.parametrize(
        "query",
        [
            ClipQuery("No Such Song", ("Nobody",), SECONDS),
            ClipQuery("No Such Song", ("Nobody",), SECONDS, "GBXX99999999"),
            ClipQuery("", (), 0.0),
            ClipQuery("", ("Band",), SECONDS),
            ClipQuery(" ", ("Band",), SECONDS),
        ],
    )
    def test_what_it_has_not_is_missing(self, provider: ClipProvider, query: ClipQuery) -> None:
        with pytest.raises(ClipMissing):
            provider.find(query)

    def test_an_empty_one_misses_all(self, empty: ClipProvider) -> None:
        with pytest.raises(ClipMissing):
            empty.find(ClipQuery("Song", ("Band",), SECONDS, ISRC))

    @pytest.mark.parametrize("duration_s", [SECONDS + 4, 200.0])
    def test_another_duration_is_a_mismatch(
        self, provider: ClipProvider, duration_s: float
    ) -> None:
        with pytest.raises(ClipMismatch, match="duration"):
            provider.find(ClipQuery("Song", ("Band",), duration_s))

    def test_a_damaged_clip_says_so(self, provider: ClipProvider) -> None:
        with pytest.raises(ClipDamaged):
            decode(provider.find(ClipQuery("Broken", ("Band",), SECONDS)).audio)

    @pytest.mark.parametrize("title", ["\0", "%00", "../../etc", "a" * 5_000])
    def test_no_title_breaks_it(self, provider: ClipProvider, title: str) -> None:
        with pytest.raises(CompanionError):
            provider.find(ClipQuery(title, (title,), SECONDS, title))

    def test_a_clip_shows_no_audio(self, provider: ClipProvider) -> None:
        clip = provider.find(ClipQuery("Song", ("Band",), SECONDS, ISRC))
        assert "audio" not in repr(clip)

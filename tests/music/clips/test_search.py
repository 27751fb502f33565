from __future__ import annotations

from dataclasses import dataclass

import pytest

from companion.errors import (
    ClipAnswerInvalid,
    ClipDamaged,
    ClipError,
    ClipMismatch,
    ClipMissing,
    ClipSourceBroken,
    ClipSourceBusy,
)
from companion.music.clips.provider import Clip, ClipQuery, Match, MatchedBy
from companion.music.clips.search import find_clip

QUERY = ClipQuery("Song", ("Band",), 200)
CLIP = Clip(b"sound", "b", "7", Match(MatchedBy.NAME, 0.9))


@dataclass
class Source:
    """Answers with a clip or an error, and counts."""

    name: str
    answer: Clip | ClipError
    asked: int = 0

    def find(self, query: ClipQuery) -> Clip:
        assert query is QUERY
        self.asked += 1
        if isinstance(self.answer, ClipError):
            raise self.answer
        return self.answer


@pytest.mark.parametrize("error", [ClipMissing, ClipMismatch, ClipDamaged, ClipSourceBusy])
def test_the_next_source_is_asked(error: type[ClipError]) -> None:
    assert find_clip([Source("a", error("no")), Source("b", CLIP)], QUERY) is CLIP


def test_the_first_that_has_it_ends_the_search() -> None:
    second = Source("b", ClipMissing("no"))
    assert find_clip([Source("a", CLIP), second], QUERY) is CLIP
    assert second.asked == 0


def test_all_reasons_are_reported() -> None:
    sources = [Source("a", ClipMissing("No file.")), Source("b", ClipMismatch("Too long."))]
    with pytest.raises(ClipMismatch, match=r"a: No file\. b: Too long\."):
        find_clip(sources, QUERY)


@pytest.mark.parametrize(
    ("first", "second", "raised"),
    [
        (ClipMissing, ClipMissing, ClipMissing),
        (ClipDamaged, ClipMissing, ClipDamaged),
        (ClipSourceBusy, ClipMissing, ClipSourceBusy),
        (ClipMismatch, ClipSourceBusy, ClipSourceBusy),
        (ClipMismatch, ClipDamaged, ClipDamaged),
        (ClipSourceBroken, ClipMissing, ClipSourceBroken),
        (ClipSourceBroken, ClipSourceBusy, ClipSourceBusy),
        (ClipAnswerInvalid, ClipMissing, ClipAnswerInvalid),
    ],
)
def test_the_weightiest_error_stands_for_all(
    first: type[ClipError], second: type[ClipError], raised: type[ClipError]
) -> None:
    with pytest.raises(raised):
        find_clip([Source("a", first("x")), Source("b", second("y"))], QUERY)


def test_the_weightiest_errors_remedy_is_kept() -> None:
    sources = [Source("a", ClipMissing("x")), Source("b", ClipSourceBroken("y", "Mend it."))]
    with pytest.raises(ClipSourceBroken) as raised:
        find_clip(sources, QUERY)
    assert raised.value.remedy == "Mend it."


class ClipStrange(ClipError):
    """A kind that nobody has listed."""


class ClipGone(ClipMissing):
    """A kind of a kind that is listed."""


@pytest.mark.parametrize(
    ("first", "second", "raised"),
    [
        (ClipStrange, ClipStrange, ClipStrange),
        (ClipStrange, ClipMissing, ClipMissing),
        (ClipGone, ClipMismatch, ClipMismatch),
        (ClipGone, ClipStrange, ClipGone),
    ],
)
def test_errors_of_new_kinds_have_a_weight_too(
    first: type[ClipError], second: type[ClipError], raised: type[ClipError]
) -> None:
    with pytest.raises(raised):
        find_clip([Source("a", first("x")), Source("b", second("y"))], QUERY)


def test_no_source_at_all() -> None:
    with pytest.raises(ClipSourceBroken, match="No clip provider") as raised:
        find_clip([], QUERY)
    assert "clips.providers" in raised.value.remedy

from __future__ import annotations

from evaluation.focus import WORTHS, measure_focus

from tests.evaluation.sets import make_library

SUNG = ("mellow", "sung by a woman")


def test_voices_are_avoided_where_there_is_a_choice_and_only_where_they_count() -> None:
    library = make_library(1600)
    names = sorted(clip.tagged.track.id for clip in library)
    heard = {name: SUNG if index % 2 else ("instrumental",) for index, name in enumerate(names)}
    found = measure_focus(library, heard)
    assert set(found) == set(WORTHS)
    assert found["voices do not count"]["sung"] > 0.3
    assert found["as shipped"]["sung"] < found["voices do not count"]["sung"] / 2
    for one in found.values():
        assert abs(one["sung"] + one["instrumental"] + one["neither"] - 1) < 1e-9
        assert 0 <= one["distance"] <= 0.45  # the tolerance of `focus`


def test_where_all_is_sung_it_still_picks() -> None:
    library = make_library()
    heard = {clip.tagged.track.id: SUNG for clip in library}
    assert measure_focus(library, heard)["as shipped"]["sung"] == 1

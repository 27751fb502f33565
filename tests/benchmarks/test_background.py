from __future__ import annotations

import pytest
from benchmarks import background


def test_a_row_for_a_step_and_one_for_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "TRACKS", 200)
    step, search = background.rows()
    assert step.what == "a step of tagging with nothing to do, 200 tracks"
    assert (step.unit, step.limit) == ("ms CPU", 5)
    assert search.what == "  one that searches the library, every 30 min"
    assert 0 < step.measured < search.measured

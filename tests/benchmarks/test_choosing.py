from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks import choosing

from companion.store.database import open_database
from companion.store.tracks.tags import count_tags
from tests.choose.makers import seeded


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "LIBRARIES", {300: (5.0, 2.0), 600: (9.0, 3.0)})
    monkeypatch.setattr(choosing, "PICKS", 40)
    monkeypatch.setattr(choosing, "REPEATS", 2)


def test_a_row_for_each_size_of_library_and_the_ratio_to_a_scan() -> None:
    *rows, ratio = choosing.rows()
    assert [(row.what, row.unit, row.limit, row.beyond) for row in rows] == [
        ("a pick from 300 tagged tracks", "ms", 5.0, 2.0),
        ("a pick from 600 tagged tracks", "ms", 9.0, 3.0),
    ]
    assert (ratio.unit, ratio.limit) == ("times", 1.0)
    assert all(row.measured > 0 for row in (*rows, ratio))


def test_the_library_is_tagged_and_has_a_past(tmp_path: Path) -> None:
    file = tmp_path / "companion.db"
    choosing.fill(file, 300)
    with open_database(file) as db:
        counts = count_tags(db)
        assert counts.tagged == counts.tracks == 300
        assert min(counts.quadrants.values()) > 30
        queued = db.execute("SELECT count(*) FROM queue_entries").fetchone()[0]
        assert queued == 40
        choosing.pick_once(db, seeded(0))

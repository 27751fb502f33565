from __future__ import annotations

from collections import Counter

from write_faults import FILE, write_page

from tests.faults import (
    test_camera,
    test_clips,
    test_clock,
    test_desktop,
    test_disk,
    test_keyring,
    test_process,
    test_spotify,
)
from tests.faults.table import FAULTS

MODULES = (
    test_camera,
    test_clips,
    test_clock,
    test_desktop,
    test_disk,
    test_keyring,
    test_process,
    test_spotify,
)


def test_each_row_is_tested_once() -> None:
    tested = Counter(name for module in MODULES for name in module.CASES)
    assert tested == Counter(list(FAULTS))


def test_no_two_rows_are_of_one_fault() -> None:
    faults = Counter((row.part, row.fault) for row in FAULTS.values())
    assert max(faults.values()) == 1


def test_the_page_shows_the_table() -> None:
    assert FILE.read_text("utf-8") == write_page()

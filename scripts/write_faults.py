#!/usr/bin/env python3
"""Write docs/faults.md from the table of the tests that inject faults.

    scripts/write_faults.py

A test holds the page current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docs" / "faults.md"
HEAD = """\
# When something outside misbehaves

Written by `scripts/write_faults.py` from `tests/faults/table.py`, which the tests beside it
hold true: each of them makes one external part misbehave, runs the program against the simulator
of Spotify, compares what it shows, its exit code and what is kept, and sees that it works again
when the fault is over. Where there is no code, an agent goes on.
"""


def write_page() -> str:
    """The page, in Markdown."""
    return HEAD + "".join(_sections())


def _sections() -> Iterator[str]:
    from tests.faults.table import FAULTS

    parts = list(dict.fromkeys(row.part for row in FAULTS.values()))
    for name in parts:
        rows = [row for row in FAULTS.values() if row.part == name]
        yield f"\n## {name[0].upper()}{name[1:]}\n\n"
        yield "| fault | shown | code | kept |\n| --- | --- | --- | --- |\n"
        for row in rows:
            shown = "; ".join(f'"{one.strip()}"' for one in row.shown.split("|"))
            code = "" if row.code is None else row.code
            yield f"| {row.fault} | {shown} by {row.where} | {code} | {row.kept} |\n"


def main() -> None:
    """Write the page."""
    FILE.write_text(write_page(), "utf-8")
    sys.stdout.write(f"{FILE}\n")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()

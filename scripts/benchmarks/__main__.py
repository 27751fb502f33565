"""Measure the parts that are named, or all; print a table of each."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import platform
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

import benchmarks
from benchmarks.row import Row
from companion.agent.models.worker import FEW_THREADS

WIDTH = 100  # columns
NO_PARTS = {"__main__", "previews", "row"}
MODULES = sorted({found.name for found in pkgutil.iter_modules(benchmarks.__path__)} - NO_PARTS)
PARTS = {name.replace("_", "-"): f"benchmarks.{name}" for name in MODULES}


def main(words: list[str] | None = None) -> int:
    """0 where every limit holds, else 1."""
    arguments = _parse(words)
    os.environ.update(FEW_THREADS)  # before numpy is loaded: as in the agent's worker
    screen = Console(highlight=False, width=WIDTH)
    screen.print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    measured: dict[str, list[Row]] = {}
    for part in arguments.part or PARTS:
        began = time.perf_counter()
        measured[part] = importlib.import_module(PARTS[part]).rows()
        screen.print(table(part, measured[part], time.perf_counter() - began))
    if arguments.json:
        rows = {part: [asdict(row) for row in found] for part, found in measured.items()}
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
    return int(not all(row.holds for found in measured.values() for row in found))


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument(
        "part", nargs="*", choices=[[], *PARTS], metavar="part", help=", ".join(PARTS)
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    return parser.parse_args(words)


def table(part: str, rows: list[Row], seconds: float) -> Table:
    """The part's rows as people read them."""
    found = Table(title=f"{part} ({seconds:.0f} s)", title_justify="left")
    found.add_column("what")
    for name in ("measured", "limit", "beyond"):
        found.add_column(name, justify="right")
    for row in rows:
        limit = "" if row.limit is None else f"{row.limit:g}" + ("" if row.holds else " exceeded")
        beyond = "" if row.beyond is None else f"{row.beyond:g}"
        found.add_row(row.what, f"{row.measured:.3g} {row.unit}", limit, beyond)
    return found


if __name__ == "__main__":
    raise SystemExit(main())

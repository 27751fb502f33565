"""`companion export` and `import`: the user's data as files, and back on another machine."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from companion.cli.home import open_home
from companion.cli.output import Json, count_of, print_json
from companion.store.export import export_data
from companion.store.import_data import import_data, read_export

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of the files.")]


def export(folder: Folder, *, as_json: Json = False) -> None:
    """Write your data to files in a folder.

    They hold readings, picks, plays, tags, corrections, feedback and blocks: one JSON file, which
    `companion import` reads on another machine, and a CSV file of each kind for spreadsheets.
    `companion forget` does not delete them.
    """
    with open_home().store() as db:
        rows = export_data(db, folder, datetime.now(UTC))
    if as_json:
        print_json({"folder": str(folder), "rows": rows})
        return
    written = ", ".join(f"{number} {name}" for name, number in rows.items())
    typer.echo(f"Written to {folder}: {written}.")
    typer.echo("It describes your moods; keep or delete it as you like.")


def import_(folder: Folder, *, as_json: Json = False) -> None:
    """Import the tags and feedback of an export.

    Corrections and blocks are imported too. Tracks are matched by id, then by ISRC, then by
    name. What is already here stays.
    """
    home = open_home()
    found = read_export(folder)
    with home.store() as db:
        summary = import_data(db, found)
    home.wake_agent()
    if as_json:
        print_json(asdict(summary))
        return
    typer.echo(
        f"New here: {count_of(summary.tags, 'tag')}, "
        f"{count_of(summary.corrections, 'correction')}, "
        f"{summary.feedback} of feedback, {count_of(summary.blocks, 'block')}, "
        f"{count_of(summary.moves, 'moved track')}."
    )
    if summary.known:
        typer.echo(f"Here already: {count_of(summary.known, 'row')}.")
    if summary.unmatched:
        rows = count_of(summary.unmatched, "row")
        typer.echo(f"Left out: {rows} of tracks that are not in your library.")
        typer.echo("Run `companion sync` first, then the import again.")

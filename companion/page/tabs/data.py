"""The user's data as one file to keep, and back from such a file."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import asdict
from typing import Any

from companion.errors import UsageError
from companion.page.context import Context
from companion.store.export import FILE, make_files, read_tables
from companion.store.import_data import MOST_BYTES, import_data, parse_export

REMEDY = "Choose a file that this page or `companion export` wrote."


def export_archive(context: Context) -> tuple[str, bytes]:
    """Make a ZIP file of all that `companion export` writes; give its name and content."""
    now = context.now()
    with context.store() as db:
        files = make_files(read_tables(db), now)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return f"companion-{now.astimezone():%Y-%m-%d}.zip", written.getvalue()


def import_file(context: Context, content: bytes) -> dict[str, Any]:
    """Take over an export: its ZIP file, or the JSON file in it.

    Returns:
        the numbers of `ImportSummary`.

    Raises:
        UsageError: it is no export, or damaged.
    """
    found = parse_export(_unpack(content), FILE)
    with context.store() as db:
        summary = import_data(db, found)
    context.tell_agent("wake")
    return asdict(summary)


def _unpack(content: bytes) -> bytes:
    if not content.startswith(b"PK"):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(FILE) as file:
            document = file.read(MOST_BYTES + 1)  # whatever size the archive claims
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, RuntimeError, OSError):
        raise UsageError("The file is not an export of companion.", REMEDY) from None
    if len(document) > MOST_BYTES:
        raise UsageError("The file is too large to be an export.", REMEDY)
    return document

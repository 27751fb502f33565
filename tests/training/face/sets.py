"""Small stand-ins for the face data sets, in the same files and formats."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from PIL import Image

from companion.affect import Emotion

SIDE = 48
VOTES = [*Emotion, "unknown", "not_a_face"]


def face(level: int) -> np.ndarray:
    """A crop that says by its grey which one it is, with some texture."""
    return (np.full((SIDE, SIDE), level) + np.arange(SIDE) % 4).astype(np.uint8)


def write_rows(file: Path, rows: list[dict[str, object]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def votes(sheet: str, cell: int, split: str, **counts: int) -> dict[str, object]:
    return {"sheet": sheet, "cell": cell, "split": split} | {
        name: counts.get(name, 0) for name in VOTES
    }


def write_ferplus(folder: Path, rows: list[dict[str, object]]) -> Path:
    """Sheets of 40 columns and 2 rows; cell k is `face(2 * k)`."""
    folder.mkdir(parents=True, exist_ok=True)
    strip = [np.hstack([face(2 * (row * 40 + k)) for k in range(40)]) for row in range(2)]
    for name in {str(row["sheet"]) for row in rows}:
        Image.fromarray(np.vstack(strip)).save(folder / name, lossless=True)
    write_rows(folder / "votes.csv", rows)
    return folder


def write_first_labels(folder: Path, labels: dict[tuple[str, int], str]) -> None:
    rows = [{"sheet": s, "cell": c, "fer2013": name} for (s, c), name in labels.items()]
    write_rows(folder / "fer2013_labels.csv", [dict(row) for row in rows])


def write_sheet(file: Path, count: int, side: int) -> None:
    """A sheet of 40 columns; cell k is evenly 30 * k."""
    cells = [np.full((side, side), 30 * k % 256, np.uint8) for k in range(40)]
    assert count <= len(cells)
    Image.fromarray(np.hstack(cells)).save(file, lossless=True)


def write_affectnet(folder: Path, rows: list[tuple[str, str]]) -> Path:
    """Faces of these splits and labels, numbered through on one sheet of each split."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [
        {"sheet": f"{split}_00.webp", "cell": k, "split": split, "label": label}
        for k, (split, label) in enumerate(rows)
    ]
    for name in {str(row["sheet"]) for row in made}:
        write_sheet(folder / name, len(rows), 64)
    write_rows(folder / "faces.csv", [dict(row) for row in made])
    return folder


def write_kdef(folder: Path, rows: list[tuple[str, str, str]]) -> Path:
    """Faces of these people, sessions and labels on one sheet."""
    folder.mkdir(parents=True, exist_ok=True)
    write_sheet(folder / "sheet_00.webp", len(rows), 96)
    keys = ("subject", "session", "label")
    made = [
        {"sheet": "sheet_00.webp", "cell": k} | dict(zip(keys, row, strict=True))
        for k, row in enumerate(rows)
    ]
    write_rows(folder / "faces.csv", [dict(row) for row in made])
    return folder


def write_ckplus(folder: Path) -> Path:
    """Two people: S001 with a neutral and an apex face, S002 with a real sequence."""
    (folder / "sequences" / "S002_001").mkdir(parents=True)
    keys = ("subject", "session", "frame", "label")
    files = {
        "apex3_48px": [("S001", "001", 9, "anger"), ("S002", "001", 2, "happiness")],
        "onset_and_apex_48px": [
            ("S001", "001", 1, "neutral"),
            ("S001", "001", 9, "anger"),
            ("S001", "002", 1, "neutral"),
            ("S002", "001", 1, "neutral"),
            ("S002", "001", 2, "happiness"),
        ],
    }
    for file, rows in files.items():
        crops = [face(10 * k) for k in range(len(rows))]
        Image.fromarray(np.vstack(crops)).save(folder / f"{file}.png")
        numbered = [{"row": k} | dict(zip(keys, row, strict=True)) for k, row in enumerate(rows)]
        write_rows(folder / f"{file}.csv", [dict(row) for row in numbered])
    session = {"session": "S002_001", "subject": "S002", "label": "happiness"}
    write_rows(folder / "sequences.csv", [session | {"frames": 2, "extent": "whole"}])
    whole = Image.fromarray(np.full((60, 80, 3), 90, np.uint8))
    whole.save(folder / "sequences" / "S002_001" / "00000002.jpg")
    return folder

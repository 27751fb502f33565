"""Solo piano to learn from: the pieces of EMOPIA, rendered.

H.-T. Hung et al., "EMOPIA: a multi-modal pop piano dataset for emotion recognition and
emotion-based music generation", ISMIR 2021: each piece has the quadrant that its listeners told.
Without them all piano is taken for calm, as most of it is among recordings of bands.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from companion.affect import Quadrant
from training.music.data import NO_LABEL, QUADRANTS, RENDERED, Clips, read_clips
from training.music.rendered.renderer import check_renderer

ARCHIVE = "midi/emopia.zip"  # in the data folder
PIECES = 75  # of each quadrant


def read_all_clips(folder: Path) -> Clips:
    """The recordings of the data folder, and the piano pieces after them.

    Raises:
        SystemExit: the folder has no clips; FluidSynth, its sound font or the archive is missing.
    """
    recordings, pieces = read_clips(folder), read_pieces(folder)
    return Clips(
        recordings.names + pieces.names,
        *(
            np.concatenate([getattr(clips, part) for clips in (recordings, pieces)])
            for part in ("artists", "quadrant", "cluster")
        ),
    )


def read_pieces(folder: Path) -> Clips:
    """Return PIECES of each quadrant, each an artist of its own.

    Raises:
        SystemExit: FluidSynth, its sound font or the archive is missing.
    """
    check_renderer(folder / ARCHIVE)
    with zipfile.ZipFile(folder / ARCHIVE) as archive:
        names = choose_pieces(archive.namelist(), PIECES)
    return Clips(
        tuple(f"{ARCHIVE}/{name}" for name in names),
        np.array([f"piece {name}" for name in names]),
        np.array([QUADRANTS.index(quadrant_of(name)) for name in names]),
        np.full(len(names), NO_LABEL),
    )


def choose_pieces(names: list[str], pieces: int) -> list[str]:
    """So many of each quadrant, at random, no two from one recording."""
    random = np.random.default_rng(0)
    chosen: dict[str, list[str]] = {quadrant.value: [] for quadrant in QUADRANTS}
    seen = set()
    for name in random.permutation(sorted(n for n in names if n.endswith(RENDERED))):
        recording = str(name)[3:].rsplit("_", 1)[0]
        group = chosen[quadrant_of(name).value]
        if recording not in seen and len(group) < pieces:
            seen.add(recording)
            group.append(str(name))
    return [name for group in chosen.values() for name in group]


def quadrant_of(name: str) -> Quadrant:
    """The quadrant that the name of a piece begins with."""
    return Quadrant(name[:2])


def read_score(folder: Path, name: str) -> bytes:
    """The score of a clip that is rendered: the member of an archive in the data folder."""
    archive, member = name.rsplit("/", 1)
    with zipfile.ZipFile(folder / archive) as opened:
        return opened.read(member)

"""Recordings whose instrument is known: piano pieces in MIDI, played by other instruments.

FluidSynth renders them with a General MIDI sound font. Nobody sings in any of them. They serve
to measure how often a tagger that names an instrument is right.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from companion.music.decode import decode
from companion.music.features import log_mel
from companion.music.model import musicnn, taggers
from companion.music.model.taggers import Taggers
from companion.music.model.tags import logits
from training.music.data import CHECKPOINTS
from training.music.features import source_hash
from training.music.rendered.renderer import check_renderer, render

PIECES = 6  # of each instrument
PROGRAM = b"\x00\xc0"  # at once, change the program of the first channel
TRACK = b"MTrk"
LENGTH = 4  # bytes that tell how long a track is

PROGRAMS = {  # by General MIDI, from 0; by what a person calls the instrument
    "piano": (0, 1, 2),
    "harpsichord": (6,),
    "guitar": (24, 25, 26),
    "violin": (40,),
    "cello": (42,),
    "harp": (46,),
    "strings": (48, 49),
    "choir": (52,),
    "flute": (73,),
    "synth": (81, 89),
    "sitar": (104,),
}


@dataclass(frozen=True, slots=True)
class Renderings:
    """Pieces played by known instruments.

    Attributes:
        instruments: a key of PROGRAMS for each.
        logits: (pieces, tags) of what the taggers say.
    """

    instruments: tuple[str, ...]
    logits: np.ndarray


def load_renderings(midi: Path, folder: Path = CHECKPOINTS, pieces: int = PIECES) -> Renderings:
    """Have the taggers hear some pieces by each instrument; what was heard is kept.

    Args:
        midi: a zip archive of piano pieces.
        folder: where what was heard is kept.
        pieces: how many of each instrument.

    Raises:
        SystemExit: FluidSynth, its sound font or the archive is missing.
    """
    check_renderer(midi)
    kept = folder / f"renderings-{source_hash((log_mel, musicnn, taggers))}"
    kept.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(midi) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".mid"))
        random = np.random.default_rng(0)
        played, rows = [], []
        for instrument, programs in PROGRAMS.items():
            for number, name in enumerate(random.choice(names, pieces, replace=False)):
                piece = change_program(archive.read(name), programs[number % len(programs)])
                rows.append(_hear(piece, kept / f"{instrument}-{number}.npy"))
                played.append(instrument)
    return Renderings(tuple(played), np.stack(rows))


def _hear(midi: bytes, file: Path) -> np.ndarray:
    if not file.is_file():
        patches = log_mel.log_mel_patches(decode(render(midi)))
        np.save(file, logits(_taggers().hear(patches).tags))
    heard: np.ndarray = np.load(file)
    return heard


@cache
def _taggers() -> Taggers:
    return Taggers()


def change_program(midi: bytes, program: int) -> bytes:
    """The same piece by another instrument, where it does not name one itself."""
    head, *tracks = midi.split(TRACK)
    change = PROGRAM + bytes([program])
    return TRACK.join([head, *(_begin_with(change, track) for track in tracks)])


def _begin_with(event: bytes, track: bytes) -> bytes:
    """A track's length and events, with one event more."""
    length = int.from_bytes(track[:LENGTH]) + len(event)
    return length.to_bytes(LENGTH) + event + track[LENGTH:]

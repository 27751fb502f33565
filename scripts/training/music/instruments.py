"""Recordings whose instrument is known: piano pieces in MIDI, played by other instruments.

FluidSynth renders them with a General MIDI sound font. Nobody sings in any of them. They serve
to measure how often a tagger that names an instrument is right.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from companion.music.decode import Floats, decode

SOUND_FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
PIECES = 24  # of each instrument
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
class Rendering:
    """A piece played by one instrument.

    Attributes:
        instrument: a key of PROGRAMS.
        waveform: (samples,) float32 at 22 050 Hz.
    """

    instrument: str
    waveform: Floats


def render(midi: Path, to: Path, pieces: int = PIECES) -> list[Rendering]:
    """Play some pieces by each instrument; what is rendered already is read again.

    Args:
        midi: a zip archive of piano pieces.
        to: where the sound files are kept.
        pieces: how many of each instrument.

    Raises:
        SystemExit: FluidSynth or its sound font is missing.
    """
    if not (shutil.which("fluidsynth") and SOUND_FONT.is_file()):
        raise SystemExit(f"FluidSynth and its sound font {SOUND_FONT} are needed to render.")
    to.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(midi) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".mid"))
        random = np.random.default_rng(0)
        found = []
        for instrument, programs in PROGRAMS.items():
            for number, name in enumerate(random.choice(names, pieces, replace=False)):
                file = to / f"{instrument}-{number}.wav"
                if not file.is_file():
                    program = programs[number % len(programs)]
                    _play(change_program(archive.read(name), program), file)
                found.append(Rendering(instrument, decode(file)))
    return found


def change_program(midi: bytes, program: int) -> bytes:
    """The same piece by another instrument, where it does not name one itself."""
    head, *tracks = midi.split(TRACK)
    change = PROGRAM + bytes([program])
    return TRACK.join([head, *(_begin_with(change, track) for track in tracks)])


def _begin_with(event: bytes, track: bytes) -> bytes:
    """A track's length and events, with one event more."""
    length = int.from_bytes(track[:LENGTH]) + len(event)
    return length.to_bytes(LENGTH) + event + track[LENGTH:]


def _play(midi: bytes, file: Path) -> None:
    with tempfile.NamedTemporaryFile(suffix=".mid") as piece:
        piece.write(midi)
        piece.flush()
        half_done = file.with_suffix(".part.wav")
        words = ["-ni", "-g", "1.0", "-r", "22050", "-F", str(half_done), str(SOUND_FONT)]
        subprocess.run(  # noqa: S603
            ["fluidsynth", *words, piece.name],  # noqa: S607
            check=True,
            capture_output=True,
        )
    half_done.replace(file)

"""Render a score in MIDI by FluidSynth and a General MIDI sound font."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

SOUND_FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")


def check_renderer(midi: Path) -> None:
    """Make sure that the pieces of an archive can be rendered.

    Raises:
        SystemExit: FluidSynth, its sound font or the archive is missing.
    """
    if not (shutil.which("fluidsynth") and SOUND_FONT.is_file() and midi.is_file()):
        raise SystemExit(f"FluidSynth, {SOUND_FONT} and {midi} are needed to render pieces.")


def render(midi: bytes) -> bytes:
    """A piece as a WAV file."""
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder, "piece.wav")
        _play(midi, sound)
        return sound.read_bytes()


def _play(midi: bytes, file: Path) -> None:
    piece = file.with_suffix(".mid")
    piece.write_bytes(midi)
    words = ["-ni", "-g", "1.0", "-r", "22050", "-F", str(file), str(SOUND_FONT), str(piece)]
    subprocess.run(  # noqa: S603
        ["fluidsynth", *words],  # noqa: S607
        check=True,
        capture_output=True,
    )

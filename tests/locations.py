"""Folders that tests read: the project's root, and the shared data, which may be absent."""

from pathlib import Path

PROJECT = Path(__file__).parent.parent
SHARED = PROJECT.parent / "shared"
FACE_DATA = SHARED / "data" / "face"
MUSIC_DATA = SHARED / "data" / "music"

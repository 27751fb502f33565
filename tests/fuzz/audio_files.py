"""Audio files with tags, damaged at random: bits, lengths, whole parts.

for suffix, content in damaged_files(seed=0, count=10_000): ...
"""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Iterator
from functools import cache

import mutagen
from mutagen.apev2 import APEv2
from mutagen.id3 import APIC, COMM, ID3, TIT2, TPE1, TSRC, TXXX

from tests.music.sounds import encode, noise

SECONDS = 0.4
LENGTHS = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
HEAD_BYTES = 600  # where the tags and the lengths are
TEXT = {"title": "Söng दिल", "artist": ["One", "Two"], "isrc": "DEAB12600001"}


def damaged_files(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """So many suffixes and contents, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    whole = list(_whole_files().items())
    for _ in range(count):
        suffix, content = rng.choice(whole)
        yield suffix.partition(" ")[0], _damage(rng, content)


@cache
def _whole_files() -> dict[str, bytes]:
    sound = noise(SECONDS)
    kinds = {"mp3": "MP3", "flac": "FLAC", "ogg": "OGG", "wav": "WAV", "aiff": "AIFF"}
    files = {suffix: _tagged(encode(sound, kind=kind)) for suffix, kind in kinds.items()}
    files["opus"] = _tagged(encode(noise(2 * SECONDS), 48_000, "OGG", "OPUS"))
    files["mp3 ape"] = _with_ape(encode(sound, kind="MP3"))
    return files


def _tagged(audio: bytes) -> bytes:
    content = io.BytesIO(audio)
    file = mutagen.File(content)
    if file.tags is None:
        file.add_tags()
    if isinstance(file.tags, ID3):
        for frame in (TIT2, TPE1, TSRC):
            file.tags.add(frame(encoding=3, text=["Söng दिल"]))
        file.tags.add(COMM(encoding=1, lang="eng", desc="d", text=["comment"]))
        file.tags.add(TXXX(encoding=3, desc="d", text=["text"]))
        file.tags.add(APIC(encoding=0, mime="image/png", type=3, desc="", data=b"\x89PNG" * 9))
    else:
        file.tags.update(TEXT)
    content.seek(0)
    file.save(content)
    return content.getvalue()


def _with_ape(audio: bytes) -> bytes:
    content = io.BytesIO(audio)
    tags = APEv2()
    tags.update({name.title(): value for name, value in TEXT.items()})
    tags.save(content)
    return content.getvalue()


def _damage(rng: random.Random, content: bytes) -> bytes:
    damaged = bytearray(content)
    for _ in range(rng.randrange(1, 5)):
        near_head = rng.random() < 0.8
        at = rng.randrange(min(len(damaged), HEAD_BYTES) if near_head else len(damaged))
        if rng.random() < 0.15:
            at = max(len(damaged) - 1 - rng.randrange(300), 0)  # APEv2 and ID3v1 are at the end
        kind = rng.randrange(6)
        if kind == 0:
            damaged[at] = rng.randrange(256)
        elif kind == 1:
            damaged[at : at + 4] = struct.pack(rng.choice(("<I", ">I")), rng.choice(LENGTHS))
        elif kind == 2:
            del damaged[at : at + rng.randrange(1, 64)]
        elif kind == 3:
            damaged[at:at] = rng.randbytes(rng.randrange(1, 64))
        elif kind == 4:
            damaged[at : at + 16] = damaged[:16]
        else:
            del damaged[max(at, 1) :]
        damaged = damaged or bytearray(b"\0")
    return bytes(damaged)

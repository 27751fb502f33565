from __future__ import annotations

from training.music.rendered.instruments import PROGRAM, change_program

HEAD = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x00\x60"
EVENTS = b"\x00\x90\x3c\x40\x60\x80\x3c\x40\x00\xff\x2f\x00"
PIECE = HEAD + b"MTrk" + len(EVENTS).to_bytes(4) + EVENTS


def test_the_program_is_changed_before_the_first_note() -> None:
    changed = change_program(PIECE, 40)
    assert changed == HEAD + b"MTrk" + (len(EVENTS) + 3).to_bytes(4) + PROGRAM + b"\x28" + EVENTS


def test_every_track_is_changed() -> None:
    two = PIECE + b"MTrk" + len(EVENTS).to_bytes(4) + EVENTS
    assert change_program(two, 73).count(PROGRAM + b"\x49") == 2

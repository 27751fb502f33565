# ruff: noqa: RUF001 - letters of many scripts
from __future__ import annotations

import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.text import MAX_CHARACTERS, decode_name, one_line, readable_path, sentence


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("A Song", "A Song"),
        (" A  Song ", " A  Song "),
        ("Für Elise – №5 ❤️", "Für Elise – №5 ❤️"),
        ("\x1b[31mRed\x1b[0m", "Red"),
        ("\x1b]0;owned\x07Title", "Title"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2JTitle", "Title"),
        ("\x1bPq#0\x1b\\Title", "Title"),
        ("\x1b(0Title\x1bc", "Title"),
        ("Title\x1b", "Title"),
        ("Title\x1b[", "Title"),
        ("\x1b[31m", ""),
        ("Two\r\nlines", "Two  lines"),
        ("Two\u2028lines", "Two lines"),
        ("a\x07b\x7fc", "a b c"),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("\x00", ""),
        ("a\u202eb\u2066c", "abc"),
        ("क्\u200dष", "क्\u200dष"),
        ("نمی\u200cشود", "نمی\u200cشود"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("דניאל\u200f", "דניאל\u200f"),
        ("x" * 5000, "x" * MAX_CHARACTERS),
    ],
)
def test_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text(st.characters(exclude_categories=[])))
def test_the_line_can_be_encoded_and_commands_no_terminal(text: str) -> None:
    line = one_line(text)
    line.encode("utf-8")
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in line)
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line


@pytest.mark.skipif(sys.platform == "win32", reason="names are Unicode there")
@pytest.mark.parametrize(
    ("raw", "readable", "meant"),
    [
        (b"Song.mp3", "Song.mp3", "Song.mp3"),
        ("Für.mp3".encode(), "Für.mp3", "Für.mp3"),
        (b"F\xfcr.mp3", r"F\xfcr.mp3", "Für.mp3"),
        (b"\x81.mp3", r"\x81.mp3", "\ufffd.mp3"),
    ],
)
def test_names_of_files_that_are_not_utf_8(raw: bytes, readable: str, meant: str) -> None:
    name = os.fsdecode(raw)
    assert readable_path(name) == readable
    assert decode_name(name) == meant


@pytest.mark.parametrize(
    ("words", "told"),
    [("It is so", "It is so."), ("Did you mean it?", "Did you mean it?"), ("", ".")],
)
def test_a_question_needs_no_full_stop(words: str, told: str) -> None:
    assert sentence(words) == told

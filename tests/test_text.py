# ruff: noqa: RUF001 - letters of many scripts
from __future__ import annotations

import os
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.text import MAX_CHARACTERS, clean_text, decode_name, readable_path


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Song", "Song"),
        ("  Song ", "Song"),
        ("Für Elise – №5 ❤️", "Für Elise – №5 ❤️"),
        ("दिल 👩‍🎤 می\u200cخواهم", "दिल 👩‍🎤 می\u200cخواهم"),
        ("\x1b[31mRed\x1b[0m", "Red"),
        ("\x1b]0;title\x07Song", "Song"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2JSong", "Song"),
        ("\x1bPq#0\x1b\\Song", "Song"),
        ("\x1b(0Song\x1bc", "Song"),
        ("Song\x1b", "Song"),
        ("Song\x1b[", "Song"),
        ("one\r\ntwo\tthree", "one two three"),
        ("a\u2028b", "a b"),
        ("a\x00b\x07c\x7f\x08", "abc"),
        ("a\u202eb\u2066c", "abc"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("", ""),
        ("\x1b[31m", ""),
        ("x" * 5000, "x" * MAX_CHARACTERS),
    ],
)
def test_clean_text(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_is_one_line_that_can_be_shown_and_stored(raw: str) -> None:
    clean = clean_text(raw)
    clean.encode("utf-8")
    assert not any(unicodedata.category(c) == "Cc" for c in clean)
    assert len(clean.splitlines()) <= 1
    assert clean_text(clean) == clean


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

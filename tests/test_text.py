from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.text import one_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("A Song", "A Song"),
        (" A  Song ", " A  Song "),
        ("\x1b[31mRed\x1b[0m", "[31mRed [0m"),
        ("\x1b]0;owned\x07Title", "]0;owned Title"),
        ("\x9b2JTitle", "2JTitle"),
        ("Two\r\nlines", "Two  lines"),
        ("Two\u2028lines", "Two lines"),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("\x00", ""),
        ("क्\u200dष", "क्\u200dष"),
        ("نمی\u200cشود", "نمی\u200cشود"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("דניאל\u200f", "דניאל\u200f"),
    ],
)
def test_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text(st.characters()))
def test_the_line_can_be_encoded_and_commands_no_terminal(text: str) -> None:
    line = one_line(text)
    line.encode("utf-8")
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in line)
    assert len(line.splitlines()) <= 1

# ruff: noqa: RUF001 - letters of many scripts
from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.names import Fit, Names, fits_words, is_same_name, is_same_spelling, name_key

# Each pair: one language's letters that are told apart by marks alone.
DIFFERENT = [
    ("दाल", "दिल"),  # Hindi: lentils, heart
    ("काम", "कम"),
    ("फल", "फ़ल"),  # a nukta makes another sound
    ("சிலை", "சாலை"),  # Tamil: statue, road
    ("கல்", "கால்"),
    ("กา", "กี"),  # Thai: vowels
    ("ใกล้", "ใกล"),  # Thai: a tone
    ("مات", "مئة"),
    ("سأل", "سال"),  # Arabic: asked, flowed; a hamza is a letter
    ("كَتَبَ", "كُتِبَ"),  # Arabic: he wrote, it was written
    ("שָׁר", "שַׂר"),  # Hebrew: singing, minister
    ("ハハ", "パパ"),  # Japanese: mother, papa
    ("はは", "ばば"),
    ("カク", "ガク"),
    ("한", "하"),  # Korean
    ("사랑", "사람"),
    ("má", "mà"),  # Vietnamese: mother, but
    ("mả", "mã"),
    ("Cô", "Có"),
    ("kır", "kir"),  # Turkish: field, dirt
    ("ışık", "işik"),
    ("Мой", "Мои"),  # Russian
    ("Její", "Jejì"),
    ("ß", "b"),
    ("Song", "Song 2"),
    ("+", "-"),  # Ed Sheeran's albums
    ("÷", "x"),
    ("!!!", "???"),
    ("", "a"),
]

SAME_SPELLING = [
    ("Beyoncé", "BEYONCÉ"),
    ("Beyoncé", "Beyonce\u0301"),
    ("パパ", "ﾊﾟﾊﾟ"),
    ("パパ", "ハ\u309aハ\u309a"),
    ("한국", unicodedata.normalize("NFD", "한국")),
    ("Việt", unicodedata.normalize("NFD", "Việt")),
    ("ＦＵＬＬ", "full"),
    ("ﬁre", "fire"),
    ("Straße", "STRASSE"),
    ("Œuvre", "oeuvre"),
    ("ΟΔΟΣ", "οδος"),
    ("İstanbul", "istanbul"),
    ("İSTANBUL", "istanbul"),
    ("ISTANBUL", "istanbul"),
    ("DİYARBAKIR", "Diyarbakır"),
    ("IŞIK", "Işık"),
    ("KIR", "kır"),
    ("KIR", "kir"),
    ("ش", "ﺵ"),  # a presentation form
    ("بحر", "بـــحر"),  # stretched
    ("می\u200cخواهم", "میخواهم"),  # Persian: a joiner of no width
    ("שׁ", "\ufb2a"),
    ("กำ", "กํา"),  # a vowel in one piece and in two
    ("AC/DC", "ac_dc"),
    ("The  Beatles", "Beatles"),
    ("Simon & Garfunkel", "Simon and Garfunkel"),
    ("Guns N' Roses", "Guns N\u2019 Roses"),
    ("❤️", "❤"),
    ("x²", "X2"),
]

ONE_WITHOUT_MARKS = [
    ("Beyoncé", "BEYONCE"),
    ("Sigur Rós", "sigur ros"),
    ("Motörhead", "Motorhead"),
    ("Đêm Nay", "Dem Nay"),
    ("MØ", "Mo"),
    ("ΑΓΑΠΗ", "αγάπη"),
    ("Ещё", "Еще"),
    ("שָׁלוֹם", "שלום"),
    ("شكراً", "شكرا"),
    ("Crème Brûlée", "Creme Brûlee"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_marks_that_carry_meaning_are_kept(one: str, other: str) -> None:
    assert not is_same_name(one, other)
    assert not is_same_name(other, one)


@pytest.mark.parametrize(("one", "other"), SAME_SPELLING)
def test_case_and_form_make_no_difference(one: str, other: str) -> None:
    assert is_same_spelling(one, other)
    assert is_same_name(one, other)
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), ONE_WITHOUT_MARKS)
def test_accents_and_vowel_points_may_be_left_out(one: str, other: str) -> None:
    assert not is_same_spelling(one, other)
    assert is_same_name(one, other)
    assert is_same_name(other, one)
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("Beyoncé", "beyonce"),
        ("AC/DC", "ac dc"),
        ("AC_DC", "ac dc"),
        ("The  Beatles", "beatles"),
        ("The The", "the"),
        ("Simon & Garfunkel", "simon and garfunkel"),
        ("Guns N' Roses", "guns n roses"),
        ("STRASSE", "strasse"),
        ("\uff26\uff35\uff2c\uff2c", "full"),
        ("!!!", "!!!"),
        ("÷", "÷"),
        ("椎名林檎", "椎名林檎"),
        ("दिल", "दिल"),
        ("パパ", "パパ"),
        ("\u0301", "\u0301"),
        ("\ud800", "\ud800"),
        ("  ", ""),
        ("", ""),
    ],
)
def test_keys(raw: str, key: str) -> None:
    assert name_key(raw) == key


@given(st.text())
def test_a_name_is_the_same_as_itself_in_any_form(name: str) -> None:
    for form in ("NFC", "NFD"):
        other = unicodedata.normalize(form, name)
        assert is_same_spelling(name, other)
        assert name_key(name) == name_key(other)


@given(st.text(), st.text())
def test_the_comparison_is_symmetric_and_within_a_key(one: str, other: str) -> None:
    assert is_same_name(one, other) == is_same_name(other, one)
    if is_same_name(one, other):
        assert name_key(one) == name_key(other)


@given(st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F)))
def test_latin_names_are_the_same_without_their_accents(name: str) -> None:
    taken_apart = unicodedata.normalize("NFD", name)
    plain = "".join(c for c in taken_apart if not unicodedata.combining(c))
    assert name_key(name) == name_key(plain)


@pytest.mark.parametrize(
    ("name", "known", "is_in"),
    [
        ("BEYONCE", ("Beyoncé", "Who"), True),
        ("The Who", ("Who",), True),
        ("mà", ("má",), False),
        ("ma", ("má",), True),
        ("パパ", ("ハハ",), False),
        ("", ("",), False),
        (" ", ("Who",), False),
        ("!!!", ("!!!",), True),
        ("Who", (), False),
    ],
)
def test_a_set_of_names(name: str, known: tuple[str, ...], is_in: bool) -> None:
    names = Names(known)
    assert (name in names) is is_in
    assert names.isdisjoint([name, "Nobody"]) is not is_in


@pytest.mark.parametrize(
    ("words", "name", "fit"),
    [
        ("beyoncé halo", "Beyoncé - Halo", Fit.WRITTEN),
        ("halo beyonce", "Beyoncé - Halo", Fit.WHOLE),
        ("beyonc hal", "Beyoncé - Halo", Fit.PARTS),
        ("the beatles", "The Beatles - Help!", Fit.WRITTEN),
        ("help the beatles", "The Beatles - Help!", Fit.WHOLE),
        ("!!!", "!!! - Louden Up Now", Fit.WRITTEN),
        ("ac dc", "AC/DC - T.N.T.", Fit.WHOLE),
        ("bye bye bye", "Who - Bye Bye", Fit.PARTS),
        ("दाल", "कोई - दिल", None),
        ("ＱＵＥＥＮ", "Queen - Jealousy", Fit.WHOLE),
        ("?", "Who - Bye", None),
        ("", "Who - Bye", None),
        (" \t", "Who - Bye", None),
    ],
)
def test_the_words_of_a_name(words: str, name: str, fit: Fit | None) -> None:
    assert fits_words(words, name) is fit


@given(st.text(max_size=20))
def test_every_name_with_words_fits_itself(name: str) -> None:
    assert fits_words(name, name) is (Fit.WRITTEN if name.split() else None)

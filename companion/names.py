"""The comparison of names, of artists and of tracks, as a listener would compare them.

This is the one definition for the whole program. Case, compatibility forms (Unicode's NFKC:
full width, ligatures, half-width kana), punctuation, and a leading "The" make no difference.

A mark on a letter does where it makes another letter of it, as the vowel signs of Devanagari,
Tamil and Thai do, or the voicing of kana: दाल is not दिल, ハハ is not パパ. The accents of Latin
and Greek letters, and the vowel points of Hebrew and Arabic, are often left out in writing.
So one that is left out makes no difference, and another one does: "Beyonce" is "Beyoncé", but
Vietnamese "má" is not "mà".

`name_key` is for looking names up; `is_same_name` and `is_same_spelling` compare two; `Names` is
a set of them. `fits_words` finds names by some of their words.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache

CACHED_NAMES = 16_384  # a choice compares the artists of a whole library

# Letters that Unicode does not take apart, as a plain letter and a mark of its own.
_APART = str.maketrans({"ø": "o\u0338", "ł": "l\u0335", "đ": "d\u0335", "ħ": "h\u0335"})
_LIGATURES = str.maketrans({"æ": "ae", "œ": "oe"})  # NFKC leaves these two alone
_DOTLESS_I = "\N{LATIN SMALL LETTER DOTLESS I}"
_TURKISH_CAPITALS = str.maketrans({"I": _DOTLESS_I, "İ": "i"})
_DOTTED_I = "i\u0307"  # what Unicode's case folding makes of İ
_APOSTROPHES = str.maketrans("", "", "'\u2019\u02bc\u0060\u00b4")
_TATWEEL = "\u0640"  # only makes an Arabic word longer
_ARTICLE = re.compile(r"the (?=\w)")

_ACCENTED_SCRIPTS = ("LATIN", "GREEK")
_VOWEL_POINTS = frozenset(
    chr(code)
    for first, last in (
        *((0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C2), (0x05C4, 0x05C5)),  # Hebrew
        *((0x05C7, 0x05C7), (0x064B, 0x0652), (0x0670, 0x0670), (0x06D6, 0x06ED)),  # Arabic
    )
    for code in range(first, last + 1)
)
_YO = ("\N{CYRILLIC SMALL LETTER IE}", "\u0308")  # its two dots are mostly left out


@lru_cache(CACHED_NAMES)
def name_key(name: str) -> str:
    """The part that names share which are the same to a listener, but for marks left out.

    A name of nothing but punctuation ("!!!") keeps it. Names with one key may still differ in
    marks; where that matters, ask `is_same_name`.
    """
    return _without_marks(_plain(name))


def is_same_name(one: str, other: str) -> bool:
    """Tell whether two names are the same; marks that one of them leaves out do not count."""
    if is_same_spelling(one, other):
        return True
    letters, others = _letters(_plain(one)), _letters(_plain(other))
    return len(letters) == len(others) and all(
        base == other_base and (marks == other_marks or not marks or not other_marks)
        for (base, marks), (other_base, other_marks) in zip(letters, others, strict=True)
    )


class Names:
    """A set of names. One is in it if `is_same_name` holds for it and a member; a blank is not."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_key: defaultdict[str, list[str]] = defaultdict(list)
        for name in names:
            if key := name_key(name):
                self._by_key[key].append(name)

    def __contains__(self, name: str) -> bool:
        alike = self._by_key.get(name_key(name), ())
        return any(is_same_name(name, other) for other in alike)

    def isdisjoint(self, names: Iterable[str]) -> bool:
        """Tell whether none of the names is in the set."""
        return not any(name in self for name in names)


class Fit(IntEnum):
    """The ways in which words fit a name, the best first."""

    WRITTEN = 0  # as whole words, with all marks
    WHOLE = 1  # as whole words, by `name_key`
    PARTS = 2  # as parts of words


def fits_words(words: str, name: str) -> Fit | None:
    """The best way in which a name has all of the words; None where it has not, or where none are.

    As whole words, one that is said twice must stand there twice.
    """
    said, written = words.casefold().split(), name.casefold().split()
    if not said:
        return None
    if Counter(said) <= Counter(written):
        return Fit.WRITTEN
    keys, key = _keywords(words), _keywords(name)
    if keys and Counter(keys) <= Counter(key):
        return Fit.WHOLE
    forms = ((said, " ".join(written)), (keys, " ".join(key)))
    if any(parts and all(part in whole for part in parts) for parts, whole in forms):
        return Fit.PARTS
    return None


def is_same_spelling(one: str, other: str) -> bool:
    """Tell whether two names are the same with all their marks, by any language's rules of case.

    In Turkish, I is the capital of a letter without a dot, and İ that of i.
    """
    return _plain(one) == _plain(other) or _turkish(one) == _turkish(other)


def _keywords(name: str) -> list[str]:
    """The words of a name as `name_key` has them, but with a leading "The"."""
    return _without_marks(_words(name)).split()


def _without_marks(plain: str) -> str:
    bases = "".join(base for base, _ in _letters(plain))
    return unicodedata.normalize("NFC", bases).replace(_DOTLESS_I, "i")  # a capital I may be either


@lru_cache(CACHED_NAMES)
def _plain(name: str) -> str:
    """Lower case and words only, with all marks."""
    return _without_article(_words(name)) or _symbols(name)


def _turkish(name: str) -> str:
    composed = unicodedata.normalize("NFC", name)
    return _without_article(_words(composed.translate(_TURKISH_CAPITALS))) or _symbols(name)


def _words(cased: str) -> str:
    folded = unicodedata.normalize("NFKD", cased).casefold().translate(_LIGATURES)
    folded = unicodedata.normalize("NFKC", folded).replace(_DOTTED_I, "i")
    folded = folded.replace("&", " and ").translate(_APOSTROPHES)
    return " ".join("".join(map(_letter_or_space, folded)).split())


def _without_article(words: str) -> str:
    return _ARTICLE.sub("", words, count=1) if words[:4] == "the " else words


def _symbols(name: str) -> str:
    """A name without a letter or a number, in which the signs are all there is."""
    drawn = "".join(c for c in unicodedata.normalize("NFKC", name) if not _is_variation(c))
    return " ".join(drawn.split())


def _letter_or_space(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf" or character == _TATWEEL or _is_variation(character):
        return ""
    return character if category[0] in "LN" or category in ("Mn", "Mc") else " "


def _is_variation(character: str) -> bool:
    """Tell whether it only chooses the style in which the sign before it is drawn."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _letters(plain: str) -> list[tuple[str, str]]:
    """Each letter with the marks that make it another one, and those that may be left out."""
    if plain.isascii():
        return [(character, "") for character in plain]
    letters: list[tuple[str, str]] = []
    for character in unicodedata.normalize("NFD", plain).translate(_APART):
        if not unicodedata.category(character).startswith("M") or not letters:
            letters.append((character, ""))
        else:
            base, marks = letters[-1]
            optional = _may_be_left_out(base, character)
            letters[-1] = (base, marks + character) if optional else (base + character, marks)
    return letters


def _may_be_left_out(base: str, mark: str) -> bool:
    if mark in _VOWEL_POINTS or (base, mark) == _YO:
        return True
    return unicodedata.name(base[0], "").startswith(_ACCENTED_SCRIPTS)

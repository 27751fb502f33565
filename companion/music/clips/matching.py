"""The decision whether a recording that a provider names is the track that was asked for."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from companion.errors import ClipMismatch
from companion.music.clips.provider import ClipQuery, Match, MatchedBy
from companion.names import is_same_name, is_same_spelling, name_key

DURATION_TOLERANCE_SECONDS = 3.0

# How sure a match is, in [0, 1].
SAME_CODE_CONFIDENCE = 1.0
SAME_SPELLING_CONFIDENCE = 0.9
SAME_CODE_OTHER_DURATION_CONFIDENCE = 0.7
NEARLY_SAME_TITLE_CONFIDENCE = 0.75  # but for what stands in brackets, or accents left out

# Words that make another recording of a song. A title with one of them is matched only
# to a track whose title has it as often.
VERSIONS = (
    *("live", "unplugged", "en vivo", "ao vivo", "en directo", "dal vivo", "concert", "session"),
    *("sessions", "rehearsal", "acoustic", "instrumental", "a cappella", "acapella", "a capella"),
    *("demo", "remix", "refix", "flip", "mashup", "bootleg", "rework", "vip", "dub", "medley"),
    *("8d", "8 bit", "8bit", "16 bit", "chiptune", "sped up", "spedup", "speed up", "slowed"),
    *("reverb", "nightcore", "daycore", "bass boosted", "hardstyle", "phonk", "432 hz", "432hz"),
    *("karaoke", "backing track", "minus one", "drumless", "cover", "covers", "tribute", "parody"),
    *("in the style of", "made famous by", "originally performed by", "performed by"),
    *("music box", "lullaby", "piano version", "string quartet", "orchestral"),
    *("symphonic", "choir version", "stripped", "re recorded", "rerecorded", "re recording"),
    *("extended", "club mix", "dance mix", "workout", "ringtone", "reprise"),
)
# "Taylor's Version" is one of the singer's later recordings.
_VERSION = re.compile(rf"\b(?:{'|'.join(sorted(VERSIONS, key=len, reverse=True))}|\w+s version)\b")

# What a title may say beside its name and still be the same recording.
_ADDITION = re.compile(
    r"\b(?:feat|ft|featuring|with|from|remaster(?:ed)?|mono|stereo|original mix|album version"
    r"|single version|bonus track|explicit|deluxe|anniversary)\b"
)
_BRACKETS = re.compile(  # round ones of either width, or square ones
    r"[(\uff08]([^()\uff08\uff09]*)[)\uff09]|\[([^\[\]]*)\]"
)
_DASH = re.compile(r"\s+[-\u2013\u2014]\s+")
_FEATURED = re.compile(r"\s+(?:feat|ft|featuring)\b\.?.*", re.IGNORECASE)
_JOINTS = re.compile(
    r"\s*(?:,|;|/|&|\+|\bfeat\b\.?|\bft\b\.?|\bfeaturing\b|\band\b|\bx\b)\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as a provider describes it.

    Attributes:
        artists: all names that its artist may go by.
        duration_s: of the whole recording, in seconds.
    """

    title: str
    artists: tuple[str, ...]
    duration_s: float


def match_by_isrc(query: ClipQuery, found: Recording) -> Match:
    """Check a recording that was found by its ISRC.

    The code names the recording, whatever a catalogue calls it. But catalogues err, so
    another version is refused, and another duration is trusted less.

    Raises:
        ClipMismatch: its title tells of another version.
    """
    _check_version(query, found)
    same = _is_same_duration(query, found)
    confidence = SAME_CODE_CONFIDENCE if same else SAME_CODE_OTHER_DURATION_CONFIDENCE
    return Match(MatchedBy.ISRC, confidence)


def match_by_name(query: ClipQuery, found: Recording) -> Match:
    """Check a recording that was found by its names.

    Raises:
        ClipMismatch: another artist, title, version or duration, and which.
    """
    if not name_key(query.title):
        raise ClipMismatch("The track has no title to go by.")
    if not has_same_artist(query, found):
        raise ClipMismatch(f"Another artist: {', '.join(found.artists) or 'unknown'}.")
    _check_version(query, found)
    confidence = _title_confidence(query.title, found.title)
    if not confidence:
        raise ClipMismatch(f"Another title: {found.title}.")
    if not _is_same_duration(query, found):
        raise ClipMismatch(f"Another duration: {found.duration_s:.0f} s.")
    if versions(query.title) != versions(found.title):
        raise ClipMismatch(f"Another version: {found.title}.")
    return Match(MatchedBy.NAME, confidence)


def has_same_artist(query: ClipQuery, found: Recording) -> bool:
    """Tell whether one of the track's artists is among those of the recording."""
    wanted = [artist for artist in query.artists if name_key(artist)]
    named = [name for artist in found.artists for name in _names(artist)]
    return any(is_same_name(artist, name) for artist in wanted for name in named)


def _title_confidence(wanted: str, found: str) -> float:
    """The confidence, in [0, 1], that two titles name one track; 0 where they do not."""
    whole, found_whole = title_without_additions(wanted), title_without_additions(found)
    if is_same_spelling(whole, found_whole):
        return SAME_SPELLING_CONFIDENCE
    if is_same_name(whole, found_whole) or is_same_name(plain_title(wanted), plain_title(found)):
        return NEARLY_SAME_TITLE_CONFIDENCE
    return 0.0


def versions(title: str) -> Counter[str]:
    """The words in a title that make another recording of it, and how often each stands there.

    So "Live Forever" is not taken for "Live Forever (Live)".
    """
    return Counter(_VERSION.findall(name_key(title)))


def title_without_additions(title: str) -> str:
    """A title for comparing: without featured artists, remasters and the like."""
    main, additions = _parts(title)
    kept = [part for part in additions if not _ADDITION.search(name_key(part))]
    return " ".join([main, *kept])


def plain_title(title: str) -> str:
    """A title without whatever stands in brackets or behind a dash: what a catalogue has of it."""
    return _parts(title)[0]


def plain_key(title: str) -> str:
    """A title for looking it up: what is common to all the ways in which it may be written."""
    return name_key(plain_title(title))


def plain_isrc(code: str) -> str:
    """An ISRC in the form without hyphens, in capitals."""
    return re.sub(r"[^0-9A-Z]", "", code.upper())


def _parts(title: str) -> tuple[str, list[str]]:
    """The name of a song, and what follows it in brackets or behind a dash."""
    brackets = [round_ or square for round_, square in _BRACKETS.findall(title)]
    main, *dashed = _DASH.split(_BRACKETS.sub(" ", title).strip())
    main = _FEATURED.sub("", main).strip()
    return (main, brackets + dashed) if main else (title, [])


def _names(artist: str) -> Iterator[str]:
    """An artist's name, and the names in it where it may be several artists."""
    parts = (artist, *_JOINTS.split(artist))
    return (part for part in parts if name_key(part))


def _check_version(query: ClipQuery, found: Recording) -> None:
    if versions(found.title) - versions(query.title):
        raise ClipMismatch(f"Another version: {found.title}.")


def _is_same_duration(query: ClipQuery, found: Recording) -> bool:
    return abs(query.duration_s - found.duration_s) <= DURATION_TOLERANCE_SECONDS

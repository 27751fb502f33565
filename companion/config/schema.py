"""The settings: one schema, by which `config.file` checks and writes the user's file.

A section is a frozen dataclass; each field carries what it means and what it may be.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from typing import Any
from urllib.parse import urlsplit

from companion.affect import MOOD_NAMES

Check = Callable[[Any], str | None]
STRATEGIES = ("match", "lift", "calm", "energise", "focus")


def did_you_mean(word: str, words: list[str] | tuple[str, ...]) -> str:
    """Suggest the nearest word, as the rest of a sentence; "" where none is near."""
    bare = {known.strip("[]").rpartition(".")[2].lower(): known for known in words}
    close = difflib.get_close_matches(word.lower(), list(bare), 1, 0.6)
    return f"; did you mean {bare[close[0]]}?" if close else ""


@dataclass(frozen=True, slots=True)
class Between:
    """A check: a number from low to high."""

    low: float
    high: float

    def __call__(self, value: float) -> str | None:
        if self.low <= value <= self.high:
            return None
        return f"must be from {self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """A check: one of the words."""

    words: tuple[str, ...]

    def __call__(self, value: str) -> str | None:
        return None if value in self.words else _not_among(value, self.words)


@dataclass(frozen=True, slots=True)
class SubsetOf:
    """A check: some of the words, none of them twice."""

    words: tuple[str, ...]

    def __call__(self, values: list[str]) -> str | None:
        if len(set(values)) != len(values):
            return "has a duplicate"
        wrong = next((value for value in values if value not in self.words), None)
        return None if wrong is None else _not_among(wrong, self.words)


def _not_among(value: str, words: tuple[str, ...]) -> str:
    return f"must be one of {', '.join(words)}{did_you_mean(value, words)}"


def _own_address(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"is not an address: {error}"
    loopback = host in ("127.0.0.1", "::1")
    if host and (parts.scheme == "https" or (parts.scheme == "http" and loopback)):
        return None
    return "must be an address with https:// (http:// only to 127.0.0.1)"


def _client_id(value: str) -> str | None:
    if value == "" or re.fullmatch("[0-9a-zA-Z]{8,64}", value):
        return None
    return "must be the letters and digits that Spotify's dashboard shows as Client ID"


def _mood_name(value: str) -> str | None:
    return None if value in ("", *MOOD_NAMES) else _not_among(value, MOOD_NAMES)


def _hours(value: str) -> str | None:
    if value == "" or re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", value):
        return None
    return 'must be two times of day, such as "22:00-06:00"'


def parse_hours(between: str) -> tuple[time, time]:
    """Begin and end of a rule's `between`; the end may be earlier, of the next day."""
    begin, end = between.split("-")
    return time.fromisoformat(begin), time.fromisoformat(end)


def is_within(between: str, clock: time) -> bool:
    """True where a local time of day lies within the hours; always within "", which are none."""
    if not between:
        return True
    begin, end = parse_hours(between)
    if begin <= end:
        return begin <= clock < end
    return clock >= begin or clock < end  # over midnight


def check_rule(values: Mapping[str, Any]) -> str | None:
    """Say what a rule lacks, as the rest of a sentence; None where it is whole."""
    if "strategy" not in values:
        return "needs a strategy"
    if not (values.get("when") or values.get("between")):
        return "needs when or between"
    return None


def _setting(
    default: Any, help_: str, check: Check | None = None, table: type[Any] | None = None
) -> Any:
    """A field; with `table` a list of tables, each of which is checked."""
    metadata = {"help": help_, "check": check, "table": table}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Camera:
    """The webcam and the look through it."""

    index: int = _setting(0, "Which camera; 0 is the first.", Between(0, 63))
    seconds: float = _setting(2.0, "How long a look lasts.", Between(0.5, 10))
    enabled: bool = _setting(
        default=True,
        help_="Whether the camera may be opened; if not, what you listen to tells your mood.",
    )
    hours: str = _setting(
        "", 'Only within these hours of local time, such as "09:00-18:00"; empty: always.', _hours
    )


@dataclass(frozen=True, slots=True)
class Clips:
    """Where the 30-second clips come from that tracks are tagged by."""

    providers: tuple[str, ...] = _setting(
        (),
        'Asked in this order: "local" (your own files), "deezer" (previews from the web). '
        "Empty: nothing is fetched and nothing is tagged.",
        SubsetOf(("local", "deezer")),
    )
    folder: str = _setting("", "The folder of your own audio files, for the provider local.")
    deezer_url: str = _setting("https://api.deezer.com", "Deezer's address.", _own_address)


@dataclass(frozen=True, slots=True)
class Spotify:
    """Your Spotify app and account."""

    client_id: str = _setting("", "The Client ID from Spotify's dashboard.", _client_id)
    api_url: str = _setting("https://api.spotify.com", "The Web API's address.", _own_address)
    accounts_url: str = _setting(
        "https://accounts.spotify.com", "The sign-in's address.", _own_address
    )
    player_calls: int = _setting(
        400,
        "Calls in 24 hours for the player and the queue. Spotify blocks frequent callers.",
        Between(10, 5000),
    )
    library_calls: int = _setting(
        150, "Calls in 24 hours for the library; one reads 50 tracks.", Between(10, 5000)
    )
    playlists: bool = _setting(
        default=False, help_="Read your own playlists too. Sign in again after you change this."
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """A strategy for a mood or for a time of day."""

    when: str = _setting("", "An emotion, a quadrant, or a quadrant's word.", _mood_name)
    between: str = _setting("", 'Local time, such as "22:00-06:00".', _hours)
    strategy: str = _setting("", "The strategy to use then.", OneOf(STRATEGIES))


@dataclass(frozen=True, slots=True)
class Choose:
    """The choice of a track for a mood."""

    strategy: str = _setting(
        "match",
        "match: what fits the present mood. lift: from the mood in steps to happy and excited. "
        "calm: in steps to calm and content. energise: wide awake at once. focus: steady, of "
        "middling arousal, no jumps.",
        OneOf(STRATEGIES),
    )
    half_life_minutes: float = _setting(
        20.0, "The time after which a reading counts half.", Between(1, 1440)
    )
    no_repeat_hours: float = _setting(
        8.0,
        "A track that the companion queued is not queued again for this long.",
        Between(0, 8760),
    )
    artist_spacing: int = _setting(
        3, "The least number of picks between two by the same artist.", Between(0, 50)
    )
    explicit: bool = _setting(
        default=True, help_="Whether tracks may be picked that Spotify marks as explicit."
    )
    shortest_seconds: float = _setting(
        0.0, "The shortest track to pick; 0 is no limit.", Between(0, 86_400)
    )
    longest_seconds: float = _setting(
        0.0, "The longest track to pick; 0 is no limit.", Between(0, 86_400)
    )
    saved_at_least_days: float = _setting(
        0.0, "Only tracks that you saved at least this long ago; 0 is no limit.", Between(0, 36_500)
    )
    saved_at_most_days: float = _setting(
        0.0, "Only tracks that you saved at most this long ago; 0 is no limit.", Between(0, 36_500)
    )
    temperature: float = _setting(
        0.25,
        "How freely one of the best few is drawn: near 0 always the best, at 1 by their scores.",
        Between(0.01, 10),
    )
    rules: tuple[Rule, ...] = _setting(
        (),
        "Other strategies by mood or time of day, each a table [[choose.rules]] at the end of "
        'this section, with when = "anger" or between = "22:00-06:00" or both, and '
        'strategy = "calm". The first match wins.',
        check_rule,
        table=Rule,
    )


@dataclass(frozen=True, slots=True)
class Agent:
    """The agent that `companion run` starts."""

    period_minutes: float = _setting(
        10.0, "The least time between two automatic visits.", Between(1, 1440)
    )
    late_seconds: float = _setting(
        45.0, "How long before the end of a track a visit begins.", Between(10, 300)
    )
    most_an_hour: int = _setting(
        6, "The most times that the camera is opened in an hour.", Between(0, 60)
    )
    most_a_day: int = _setting(
        60, "The most times that the camera is opened in 24 hours.", Between(0, 1440)
    )
    away_minutes: float = _setting(
        10.0,
        "The time without keyboard or mouse input after which you count as away.",
        Between(1, 1440),
    )
    on_battery: str = _setting(
        "visit",
        "On battery: visit as usual, or pause. Tracks are not tagged on battery.",
        OneOf(("visit", "pause")),
    )
    tagging_share: float = _setting(
        0.5,
        "How much of one core the tagging of your library may take in the background; a fourth "
        "of it while other programs keep the machine busy, and nothing on battery.",
        Between(0.05, 1),
    )
    worker_rest_minutes: float = _setting(
        3.0,
        "How long the process with the models stays after its last work. It takes some "
        "hundred megabytes while it is there, and some seconds to start.",
        Between(0, 1440),
    )
    notices: bool = _setting(
        default=False,
        help_="Whether a desktop notice tells you, once, that you are needed: the sign-in has "
        "ended, Premium has lapsed, the camera is denied.",
    )
    queue_notices: bool = _setting(
        default=False,
        help_="Whether a desktop notice tells you of each track that is queued, and why.",
    )
    keep_days: int = _setting(
        180,
        "How long visits, readings of the face and what was played are kept.",
        Between(1, 3650),
    )
    leave_in_order: bool = _setting(
        default=True,
        help_="Whether an album or a playlist that you listen to in order is left alone.",
    )


@dataclass(frozen=True, slots=True)
class Log:
    """The log file."""

    level: str = _setting(
        "INFO",
        "The least severity of the messages that are written.",
        OneOf(("DEBUG", "INFO", "WARNING", "ERROR")),
    )


@dataclass(frozen=True, slots=True)
class Config:
    """All settings."""

    camera: Camera = Camera()
    clips: Clips = Clips()
    spotify: Spotify = Spotify()
    choose: Choose = Choose()
    agent: Agent = Agent()
    log: Log = Log()


SECTIONS: dict[str, type[Any]] = {part.name: type(part.default) for part in fields(Config)}

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.desktop.bus import DEADLINE_SECONDS, Bus
from companion.desktop.player.item import find_uri
from companion.desktop.player.mpris import (
    MprisSignal,
    is_position_sound,
    read_properties,
    spotify_players,
)
from companion.playback import PlayerSnapshot
from companion.track import Track
from tests.desktop.buses import PROPERTIES, PrivateBus
from tests.desktop.players import ID, INTERFACE, PATH, Player

TRACK = Track(ID, f"spotify:track:{ID}", "Song", ("One", "Two"), duration_ms=180_000)
PLAYING = PlayerSnapshot(
    TRACK, is_playing=True, position_ms=30_000, duration_ms=180_000, exact=False
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def signal(clock: Clock) -> Iterator[MprisSignal]:
    signal = MprisSignal(clock=clock)
    yield signal
    signal.close()


def test_what_plays(signal: MprisSignal, session_bus: PrivateBus) -> None:
    with Player(session_bus):
        assert signal.snapshot() == PLAYING


@pytest.mark.usefixtures("no_bus")
def test_without_a_bus(signal: MprisSignal) -> None:
    assert signal.snapshot() is None


def test_other_players_are_not_asked(signal: MprisSignal, session_bus: PrivateBus) -> None:
    with Player(session_bus, "vlc") as vlc, Player(session_bus, "spotifyish") as other:
        assert signal.snapshot() is None
    assert vlc.calls == other.calls == []


def test_a_player_that_comes_goes_and_comes_back(
    signal: MprisSignal, session_bus: PrivateBus, clock: Clock
) -> None:
    assert signal.snapshot() is None
    with Player(session_bus):
        assert signal.snapshot() == PLAYING
    assert signal.snapshot() is None
    clock.now = 60
    with Player(session_bus, "spotify.instance7"):
        assert signal.snapshot() == PLAYING


def test_pause_and_the_next_track(
    signal: MprisSignal, session_bus: PrivateBus, clock: Clock
) -> None:
    with Player(session_bus) as player:
        signal.snapshot()
        clock.now = 10
        player.tell(position=33, playing=False)
        paused = signal.snapshot()
        clock.now = 20
        player.tell(track="next", position=1)
        following = signal.snapshot()
    assert paused is not None
    assert following is not None
    assert (paused.is_playing, paused.position_ms) == (False, 33_000)
    assert following.track
    assert (following.track.uri, following.position_ms) == ("spotify:track:next", 1000)


def test_of_two_players_the_one_that_plays(signal: MprisSignal, session_bus: PrivateBus) -> None:
    with (
        Player(session_bus, playing=False) as own,
        Player(session_bus, "ncspot.instance3") as other,
    ):
        other.tell(title="Other")
        seen = signal.snapshot()
        assert title_of(seen) == "Other"
        other.tell(playing=False)
        own.tell(title="Own")
        seen = signal.snapshot()
        assert title_of(seen) == "Own"


def test_of_two_paused_players_spotifys_own(signal: MprisSignal, session_bus: PrivateBus) -> None:
    with Player(session_bus, "spotifyd", playing=False) as other, Player(session_bus) as own:
        other.tell(title="Other", playing=False)
        own.tell(title="Own", playing=False)
        seen = signal.snapshot()
    assert seen is not None
    assert (title_of(seen), seen.is_playing) == ("Own", False)


def test_while_it_plays_one_question_is_enough(
    signal: MprisSignal, session_bus: PrivateBus
) -> None:
    with Player(session_bus) as player, Player(session_bus, "spotifyd") as other:
        signal.snapshot()
        asked = len(player.calls), len(other.calls)
        for _ in range(3):
            signal.snapshot()
        assert (len(player.calls), len(other.calls)) == (asked[0] + 3, asked[1])


def test_a_player_that_answers_with_an_error(signal: MprisSignal, session_bus: PrivateBus) -> None:
    with Player(session_bus) as player:
        player.properties.clear()
        assert signal.snapshot() is None
        player.tell()
        assert signal.snapshot() == PLAYING


def test_a_player_that_hangs_is_not_there(signal: MprisSignal, session_bus: PrivateBus) -> None:
    with Player(session_bus) as player:
        player.methods[PROPERTIES, "GetAll"] = None
        begin = time.monotonic()
        assert signal.snapshot() is None
        assert time.monotonic() - begin < 3 * DEADLINE_SECONDS
        del player.methods[PROPERTIES, "GetAll"]
        assert signal.snapshot() == PLAYING


def test_a_player_that_vanishes_in_the_middle_of_a_call(
    signal: MprisSignal, session_bus: PrivateBus
) -> None:
    """The bus tells at once that nobody will answer; another that plays is found meanwhile."""
    with Player(session_bus) as player, Player(session_bus, "spotifyd") as other:
        assert signal.snapshot() == PLAYING
        other.tell(title="Other")
        player.methods[PROPERTIES, "GetAll"] = lambda *_: player.vanish()
        begin = time.monotonic()
        seen = signal.snapshot()
        assert time.monotonic() - begin < DEADLINE_SECONDS
        assert seen
        assert seen.track
        assert seen.track.title == "Other"
    assert player.vanished
    assert signal.snapshot() is None
    with Player(session_bus):
        assert signal.snapshot() == PLAYING


@pytest.mark.parametrize(
    "answer",
    [("", ()), ("s", ("no",)), ("a{ss}", ({"Metadata": "no"},)), ("u", (7,)), ("as", (["no"],))],
)
def test_a_player_that_answers_what_nobody_asked(
    answer: tuple[str, tuple[Any, ...]], signal: MprisSignal, session_bus: PrivateBus
) -> None:
    with Player(session_bus) as player:
        player.methods[PROPERTIES, "GetAll"] = answer
        seen = signal.snapshot()
    assert seen is None or seen == PlayerSnapshot(exact=False)


def test_a_bus_that_begins_anew(signal: MprisSignal, session_bus: PrivateBus) -> None:
    with Player(session_bus):
        assert signal.snapshot() == PLAYING
        session_bus.stop()
        assert signal.snapshot() is None
    session_bus.start()
    with Player(session_bus):
        assert signal.snapshot() == PLAYING


def test_a_position_that_stands_still_is_dropped(
    signal: MprisSignal, session_bus: PrivateBus, clock: Clock
) -> None:
    with Player(session_bus) as player:
        assert signal.snapshot() == PLAYING
        clock.now = 5
        seen = signal.snapshot()
        assert seen is not None
        assert seen.position_ms is None
        clock.now = 10
        player.tell(position=40)
        seen = signal.snapshot()
        assert seen is not None
        assert seen.position_ms == 40_000


def test_the_position_of_the_track_before_is_dropped(
    signal: MprisSignal, session_bus: PrivateBus, clock: Clock
) -> None:
    with Player(session_bus) as player:
        player.tell(position=179)
        signal.snapshot()
        clock.now = 5
        player.tell(track="next", position=179)
        seen = signal.snapshot()
        assert seen is not None
        assert seen.track
        assert (seen.track.uri, seen.position_ms) == ("spotify:track:next", None)


def title_of(seen: PlayerSnapshot | None) -> str | None:
    return seen.track.title if seen and seen.track else None


def before(track: str | None = "a", **changes: Any) -> PlayerSnapshot:
    values: dict[str, Any] = {"position_ms": 50_000, "is_playing": True, **changes}
    return PlayerSnapshot(Track(track, track, "") if track else None, **values)


@pytest.mark.parametrize(
    ("then", "now", "elapsed", "sound"),
    [
        (before(), before(position_ms=55_000), 5, True),
        (before(), before(position_ms=90_000), 5, True),  # the user moved in the track
        (before(), before(position_ms=3_000), 5, True),
        (before(), before(position_ms=None), 5, True),
        (before(), before(), 5, False),
        (before(), before(), 0.5, True),  # too early to tell
        (before(is_playing=False), before(), 5, True),  # it has just gone on
        (before(), before(is_playing=False), 5, True),
        (before(is_playing=False), before(is_playing=False), 500, True),
        (before(), before(track="b"), 5, False),
        (before(), before(track="b", position_ms=6_900), 5, True),
        (before(), before(track="b", position_ms=7_100), 5, False),
        (before(), before(track="b"), 60, True),  # the change may be long ago
        (before(), before(track="b", position_ms=None), 5, True),
        (before(track=None), before(track=None), 5, False),
    ],
)
def test_which_positions_are_sound(
    then: PlayerSnapshot, now: PlayerSnapshot, elapsed: float, sound: bool
) -> None:
    assert is_position_sound(then, now, elapsed) is sound


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([], []),
        (["spotify"], []),
        (["org.mpris.MediaPlayer2.spotify"], ["spotify"]),
        (["org.mpris.MediaPlayer2.spotify.instance12"], ["spotify.instance12"]),
        (["org.mpris.MediaPlayer2.spotifyd.instance1"], ["spotifyd.instance1"]),
        (["org.mpris.MediaPlayer2.spotify_player"], ["spotify_player"]),
        (
            ["org.mpris.MediaPlayer2.ncspot", ":1.2", "org.mpris.MediaPlayer2.spotify"],
            ["spotify", "ncspot"],
        ),
        (["org.mpris.MediaPlayer2.Spotify"], []),
        (["org.mpris.MediaPlayer2.chromium.instance2", "org.mpris.MediaPlayer2."], []),
        (["com.example.org.mpris.MediaPlayer2.spotify"], []),
    ],
)
def test_which_names_play_spotify(names: list[str], found: list[str]) -> None:
    assert spotify_players(names) == [f"org.mpris.MediaPlayer2.{name}" for name in found]


def read(status: Any = "Playing", position: Any = 0, **metadata: Any) -> PlayerSnapshot:
    """Of metadata whose keys have `_` for `:`."""
    data = {key.replace("_", ":"): ("?", value) for key, value in metadata.items()}
    return read_properties({"PlaybackStatus": status, "Position": position, "Metadata": data})


@pytest.mark.parametrize(
    ("trackid", "url", "uri"),
    [
        ("spotify:track:abc", None, "spotify:track:abc"),
        ("/com/spotify/track/abc", None, "spotify:track:abc"),
        ("/org/ncspot/spotify/track/abc", None, "spotify:track:abc"),
        ("/spotify/track/abc", None, "spotify:track:abc"),
        ("/com/spotify/ad/000000012c603a66", None, "spotify:ad:000000012c603a66"),
        ("spotify:episode:abc", None, "spotify:episode:abc"),
        (
            "/org/mpris/MediaPlayer2/Track/7",
            "https://open.spotify.com/track/abc",
            "spotify:track:abc",
        ),
        (None, "https://open.spotify.com/track/abc?si=12", "spotify:track:abc"),
        (None, "https://open.spotify.com/intl-de/track/abc", "spotify:track:abc"),
        ("spotify:local:One:Album:Song:180", None, ""),
        ("spotify:user:me:playlist:abc", None, ""),
        ("spotify:track:abc:def", None, ""),
        ("/com/spotify/track/abc/def", None, ""),
        ("spotify:track:", None, ""),
        ("/org/mpris/MediaPlayer2/TrackList/NoTrack", "", ""),
        ("", "file:///music/track/abc", ""),
        (7, ["spotify:track:abc"], ""),
        (None, None, ""),
    ],
)
def test_the_uri(trackid: Any, url: Any, uri: str) -> None:
    assert find_uri(trackid, url) == uri
    seen = read(mpris_trackid=trackid, xesam_url=url)
    assert (seen.track.uri if seen.track else None) == (uri if ":track:" in uri else None)


@pytest.mark.parametrize(
    ("trackid", "track_id"),
    [
        ("spotify:track:mine", "mine"),
        (None, ""),
        ("spotify:ad:1", None),
        ("spotify:episode:1", None),
    ],
)
def test_only_a_track_is_one(trackid: str | None, track_id: str | None) -> None:
    seen = read(mpris_trackid=trackid, xesam_title="Mine", mpris_length=200_000_000)
    assert (seen.track.id if seen.track else None) == track_id
    assert seen.duration_ms == 200_000


@pytest.mark.parametrize(
    ("length", "duration"),
    [
        (180_000_000, 180_000),
        (180_000_499.0, 180_000),
        (1, 0),
        (0, 0),
        (-1, 0),
        (True, 0),
        ("180000000", 0),
        (None, 0),
        (float("nan"), 0),
        (float("inf"), 0),
        ([], 0),
    ],
)
def test_the_duration(length: Any, duration: int) -> None:
    assert read(mpris_length=length).duration_ms == duration


@pytest.mark.parametrize(
    ("position", "length", "milliseconds"),
    [
        (30_000_000, 180_000_000, 30_000),
        (180_000_000, 180_000_000, 180_000),
        (180_002_000, 180_000_000, None),  # beyond the end
        (0, 180_000_000, None),  # what does not know says 0
        (-1, 180_000_000, None),
        (30_000_000, 0, 30_000),
        ("30", 180_000_000, None),
        (None, None, None),
    ],
)
def test_the_position(position: Any, length: Any, milliseconds: int | None) -> None:
    assert read(position=position, mpris_length=length).position_ms == milliseconds


@pytest.mark.parametrize(
    ("artist", "artists"),
    [
        (["One", "Two"], ("One", "Two")),
        ("One", ("One",)),
        ([], ()),
        ([""], ()),
        ("", ()),
        (["One", 2, None], ("One",)),
        (None, ()),
        (7, ()),
    ],
)
def test_the_artists(artist: Any, artists: tuple[str, ...]) -> None:
    track = read(xesam_title="Song", xesam_artist=artist).track
    assert track
    assert track.artists == artists


@pytest.mark.parametrize("length", [2**64 - 1, 2**63, -1, 1e300, float("inf"), float("nan"), True])
def test_an_absurd_length_is_unknown(length: Any) -> None:
    seen = read(xesam_title="Song", mpris_length=length, position=30_000_000)
    assert (seen.duration_ms, seen.position_ms) == (0, 30_000)
    assert seen.remaining is None


def test_control_characters_do_not_get_in() -> None:
    track = read(xesam_title="\x1b]0;owned\x07Song", xesam_artist=["O\nne", "\x9b2J"]).track
    assert track
    assert (track.title, track.artists) == ("Song", ("O ne",))


@pytest.mark.parametrize("title", [None, 7, ["Song"], ""])
def test_no_title(title: Any) -> None:
    assert read(xesam_title=title).track is None
    assert title_of(read(mpris_trackid="spotify:track:1", xesam_title=title)) == ""


@pytest.mark.parametrize("status", ["Paused", "Stopped", "playing", "", None, 1])
def test_only_playing_is_playing(status: Any) -> None:
    assert not read(status).is_playing
    assert read("Playing").is_playing


@pytest.mark.parametrize(
    "properties",
    [{}, {"Metadata": {}}, {"Metadata": None}, {"Metadata": "no"}, {"Metadata": {"a": "bc"}}],
)
def test_nothing_said(properties: dict[str, Any]) -> None:
    assert read_properties(properties) == PlayerSnapshot(exact=False)


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text())
)
KEYS = st.sampled_from(
    ["mpris:trackid", "mpris:length", "xesam:title", "xesam:artist", "xesam:url", "other"]
)


@pytest.mark.parametrize(
    ("title", "artists", "known"),
    [
        ("A\x1f", ["\x1f", "B\n"], ("A", ("B",))),
        ("A", "\x1f", ("A", ())),
        ("\x1f", ["B"], None),
    ],
)
def test_what_is_nothing_but_control_characters_is_not_said(
    title: str, artists: object, known: tuple[str, tuple[str, ...]] | None
) -> None:
    metadata = {"xesam:title": ("s", title), "xesam:artist": ("as", artists)}
    track = read_properties({"Metadata": metadata}).track
    assert (track and (track.title, track.artists)) == known


@given(
    st.dictionaries(KEYS, VALUES.map(lambda value: ("?", value))),
    st.dictionaries(st.sampled_from(["PlaybackStatus", "Position"]), VALUES),
)
def test_whatever_is_said_is_read(metadata: dict[str, Any], properties: dict[str, Any]) -> None:
    seen = read_properties(properties | {"Metadata": metadata})
    assert seen.duration_ms >= 0
    assert seen.position_ms is None or seen.position_ms >= 0
    if seen.track:
        assert seen.track.uri == "" or seen.track.uri.startswith("spotify:track:")
        assert all(isinstance(name, str) and name for name in seen.track.artists)
        assert isinstance(seen.track.title, str)


def test_a_signal_shares_the_bus_it_is_given(session_bus: PrivateBus) -> None:
    bus = Bus("session")
    with Player(session_bus) as player:
        assert (PATH, INTERFACE) in player.properties
        assert MprisSignal(bus).snapshot() == PLAYING
    bus.close()

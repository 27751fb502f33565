from __future__ import annotations

import pytest

from companion.demo.simulator.clock import START
from companion.demo.simulator.library import Advert, Episode, Item, LocalFile, library
from companion.demo.simulator.player import Device, Snapshot
from companion.demo.simulator.web.spotify_json import JsonWriter, device

TRACK = library(1).tracks[0]
LOCAL = LocalFile("Rehearsal", "The Garage", "Tapes", 200_000)
PODCAST = Episode("e" * 22, "On Teapots", "The Kitchen Hour", 1_500_000)
STRIPPED, FULL = JsonWriter("http://127.0.0.1:1"), JsonWriter("http://127.0.0.1:1", full=True)


def snapshot(item: Item, device: Device | None = None, *, is_playing: bool = True) -> Snapshot:
    return Snapshot(device or Device(), item, 5_000, is_playing, "off", None, int(START * 1000))


def test_development_mode_leaves_fields_out() -> None:
    full, stripped = FULL.track(TRACK), STRIPPED.track(TRACK)
    assert set(full) - set(stripped) == {"available_markets", "popularity"}
    assert set(full["album"]) - set(stripped["album"]) == {"available_markets"}
    assert set(FULL.me(premium=True)) - set(STRIPPED.me(premium=True)) == {
        "country",
        "email",
        "followers",
        "explicit_content",
    }
    assert stripped["external_ids"] == {"isrc": TRACK.isrc}


def test_a_local_file_has_null_ids() -> None:
    shape = STRIPPED.item(LOCAL)
    assert shape is not None
    assert (shape["id"], shape["href"], shape["is_local"]) == (None, None, True)
    assert shape["uri"].startswith("spotify:local:")
    assert shape["album"]["id"] is shape["artists"][0]["id"] is None


@pytest.mark.parametrize(
    ("item", "kind", "has_item"),
    [
        (TRACK, "track", True),
        (LOCAL, "track", True),
        (PODCAST, "episode", True),
        (Advert(), "ad", False),
    ],
)
def test_what_plays_is_told_by_its_kind(item: Item, kind: str, *, has_item: bool) -> None:
    shape = STRIPPED.player(snapshot(item), episodes=True)
    assert shape["currently_playing_type"] == kind
    assert (shape["item"] is not None) == has_item


def test_only_what_is_not_allowed_is_named() -> None:
    playing = STRIPPED.playing(snapshot(TRACK), episodes=True)
    paused = STRIPPED.playing(snapshot(TRACK, is_playing=False), episodes=True)
    assert playing["actions"]["disallows"] == {"resuming": True}
    assert paused["actions"]["disallows"] == {"pausing": True}


@pytest.mark.parametrize("state", [snapshot(Advert()), snapshot(TRACK, Device(is_restricted=True))])
def test_adverts_and_restricted_devices_cannot_be_skipped(state: Snapshot) -> None:
    shape = STRIPPED.playing(state, episodes=True)
    assert shape["actions"]["disallows"]["skipping_next"]


def test_a_device_may_be_private_nameless_and_without_volume() -> None:
    shape = device(Device(id=None, is_private_session=True, volume_percent=None))
    assert (shape["id"], shape["is_private_session"], shape["supports_volume"]) == (
        None,
        True,
        False,
    )

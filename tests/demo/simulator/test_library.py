from __future__ import annotations

import re

import pytest

from companion.demo.simulator.library import LocalFile, library, make_tracks, spotify_id

LOCAL = LocalFile("Take Five Again", "Garage Band", "Tapes", 200_000)


def test_ids_and_isrcs_are_well_formed_and_all_different() -> None:
    tracks = make_tracks(20_000)
    assert len({track.id for track in tracks}) == len({track.isrc for track in tracks}) == 20_000
    assert all(re.fullmatch("[0-9A-Za-z]{22}", track.id) for track in tracks)
    assert all(re.fullmatch("[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", track.isrc) for track in tracks)


@pytest.mark.parametrize("size", [0, 1, 28])
def test_a_library_has_the_size_asked_for(size: int) -> None:
    assert len(library(size).tracks) == size


@pytest.mark.parametrize("size", [-1, 20_001])
def test_a_size_out_of_range_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="0 to 20000"):
        library(size)


def test_the_same_library_comes_each_time_and_small_ones_begin_large_ones() -> None:
    assert library(30).tracks == library(30).tracks == library(60).tracks[:30]


def test_the_newest_stands_first() -> None:
    added = [entry.added_at for entry in library(5).saved]
    assert added == sorted(added, reverse=True)


def test_what_is_saved_later_stands_first_and_can_be_queued() -> None:
    shelf, newcomer = library(3), make_tracks(4)[3]
    shelf.save(newcomer, added_at=2e9)
    assert shelf.tracks[0] == newcomer
    assert shelf.catalogue[newcomer.uri] == newcomer


def test_what_is_removed_can_still_be_queued() -> None:
    shelf = library(3)
    gone = shelf.tracks[1]
    shelf.remove(gone.uri)
    assert gone not in shelf.tracks
    assert gone.uri in shelf.catalogue


def test_a_local_file_is_saved_but_has_no_place_in_the_catalogue() -> None:
    shelf = library(1)
    shelf.save(LOCAL, added_at=2e9)
    assert shelf.saved[0].track == LOCAL
    assert len(shelf.tracks) == 1
    assert LOCAL.uri not in shelf.catalogue
    assert LOCAL.uri == "spotify:local:Garage+Band:Tapes:Take+Five+Again:200"


def test_an_id_follows_from_its_words() -> None:
    assert spotify_id("a", 1) == spotify_id("a", 1) != spotify_id("a", 2)

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from companion.demo.simulator.clock import DAY, START
from companion.demo.simulator.library import LocalFile, library, make_track
from companion.demo.simulator.server import Simulator
from companion.errors import SpotifyError
from companion.spotify.client import PAGE_PAUSE_SECONDS, SpotifySession, connect
from companion.spotify.library import Page, Skipped, parse_page, read_tracks
from tests.spotify.fakes import FakeTime, Reply, ScriptedServer, settings, signed_in_keyring
from tests.spotify.memory_quota import MemoryQuota

Listen = Callable[[Simulator], SpotifySession]


def item(number: int) -> dict[str, Any]:
    uri = f"spotify:track:{number}"
    track = {"id": str(number), "uri": uri, "name": f"Song {number}", "type": "track"}
    return {"added_at": "2026-09-01T12:00:00Z", "track": track}


def body(*items: object, total: object = 100, next_url: object = None) -> dict[str, Any]:
    return {"items": list(items), "total": total, "next": next_url}


def ids(pages: list[Page]) -> list[str]:
    return [track.id for page in pages for track in page.tracks]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (None, Skipped.EMPTY),
        ({}, Skipped.EMPTY),
        ({"track": None}, Skipped.EMPTY),
        ({"track": {"id": None, "uri": "spotify:track:9", "name": "A"}}, Skipped.EMPTY),
        ({"track": {"id": "9", "uri": "spotify:track:9", "name": ""}}, Skipped.EMPTY),
        ({"track": {"id": "9", "uri": None, "name": "A"}}, Skipped.EMPTY),
        ("text", Skipped.EMPTY),
        ({"track": {"id": None, "uri": "spotify:local:A:B:C:1", "name": "A"}}, Skipped.LOCAL),
        ({"track": {"id": None, "uri": None, "is_local": True}}, Skipped.LOCAL),
        ({"track": {"id": "9", "uri": "spotify:episode:9", "name": "A"}}, Skipped.EPISODE),
        ({"track": {"type": "episode", "id": "9", "uri": "x", "name": "A"}}, Skipped.EPISODE),
        (item(1), Skipped.REPEATED),
    ],
)
def test_passes_over_what_cannot_be_queued_and_counts_it(row: object, reason: Skipped) -> None:
    page = parse_page(body(item(1), row, item(2)), 0, set())
    assert [track.id for track in page.tracks] == ["1", "2"]
    assert page.skipped == {reason: 1}
    assert page.done == 3


@pytest.mark.parametrize("answer", [{}, {"items": None}, {"items": 3, "total": "many", "next": 1}])
def test_reads_an_absurd_page_as_an_empty_last_one(answer: Mapping[str, Any]) -> None:
    assert parse_page(answer, 50, set()) == Page((), {}, 50, None, "")


def test_an_empty_page_is_the_last_one_whatever_it_says() -> None:
    assert parse_page(body(next_url="http://127.0.0.1/again"), 0, set()).next_url == ""


def test_stops_at_the_first_page_that_is_wholly_known() -> None:
    answers = [body(item(1), item(2), next_url="b"), body(item(3), next_url="c"), body(item(4))]
    fetched: list[str] = []

    def fetch(url: str, _: int) -> Mapping[str, Any]:
        fetched.append(url)
        return answers[len(fetched) - 1]

    pages = list(read_tracks(fetch, known={"2", "3"}.__contains__))
    assert ids(pages) == ["1", "2", "3"]
    assert fetched == ["", "b"]


def test_a_page_counts_as_known_by_what_was_known_before_it() -> None:
    stored: set[str] = set()
    answers = {"": body(item(1), next_url="b"), "b": body(item(2))}
    for page in read_tracks(lambda url, _: answers[url], known=stored.__contains__):
        stored.update(track.id for track in page.tracks)
    assert stored == {"1", "2"}


def test_a_page_without_tracks_is_not_known_ground() -> None:
    answers = {"": body({"track": None}, next_url="b"), "b": body(item(2))}
    assert ids(list(read_tracks(lambda url, _: answers[url], known=lambda _: True))) == ["2"]


@pytest.mark.parametrize("size", [0, 1, 49, 50, 51, 127])
def test_reads_a_whole_library(size: int, listen: Listen) -> None:
    with Simulator(library(size)) as simulator:
        pages = list(listen(simulator).saved_tracks())
        assert ids(pages) == [track.id for track in simulator.library.tracks]
        assert pages[-1].done == pages[-1].total == size
        assert simulator.count("GET", "/v1/me/tracks") == max(1, -(-size // 50))


def test_goes_on_where_an_earlier_pass_stopped(listen: Listen) -> None:
    with Simulator(library(127)) as simulator:
        session = listen(simulator)
        first = next(session.saved_tracks())
        rest = list(session.saved_tracks(start=first.done))
        assert ids([first, *rest]) == [track.id for track in simulator.library.tracks]
        assert [page.done for page in rest] == [100, 127]


def test_a_track_saved_meanwhile_repeats_none(listen: Listen) -> None:
    with Simulator(library(120)) as simulator:
        before = [track.id for track in simulator.library.tracks]
        pages = listen(simulator).saved_tracks()
        found = [next(pages)]
        simulator.library.save(make_track(500, "New", "Somebody", 200_000), START + DAY)
        found += list(pages)
        assert ids(found) == before
        assert found[1].skipped == {Skipped.REPEATED: 1}
        assert [page.total for page in found] == [120, 121, 121]


def test_local_files_are_counted(listen: Listen) -> None:
    with Simulator(library(3)) as simulator:
        simulator.library.save(LocalFile("Tape", "Me", "Attic", 100_000), START + DAY)
        (page,) = listen(simulator).saved_tracks()
        assert len(page.tracks) == 3
        assert page.skipped == {Skipped.LOCAL: 1}


@pytest.mark.parametrize(
    "next_url",
    [
        "https://elsewhere.example/v1/me/tracks?offset=50",
        "{url}@elsewhere.example/v1/me/tracks?offset=50",
        "{url}.elsewhere.example/v1/me/tracks?offset=50",
        "{url}/api/token",
        "//elsewhere.example/v1/",
        "me/tracks",
    ],
)
def test_a_next_page_elsewhere_is_refused(
    next_url: str, scripted: ScriptedServer, session: SpotifySession
) -> None:
    answer = body(item(1), next_url=next_url.format(url=scripted.url))
    scripted.script("/v1/me/tracks", Reply(200, answer))
    pages = session.saved_tracks()
    next(pages)
    with pytest.raises(SpotifyError, match="another server"):
        next(pages)
    assert [asked.path for asked in scripted.asked] == ["/api/token", "/v1/me/tracks"]


def test_keeps_no_pages() -> None:
    size, seen = 20_000, 0

    def fetch(_: str, offset: int) -> Mapping[str, Any]:
        numbers = range(offset, min(offset + 50, size))
        return body(
            *map(item, numbers), total=size, next_url="more" if offset + 50 < size else None
        )

    tracemalloc.start()
    for page in read_tracks(fetch):
        seen += len(page.tracks)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen == size
    assert peak < 8_000_000  # bytes; the ids alone take about half of it


def test_takes_its_time_between_the_pages(fake_time: FakeTime) -> None:
    with (
        Simulator(library(127)) as simulator,
        connect(
            settings(simulator.url),
            MemoryQuota(fake_time.now),
            signed_in_keyring(simulator.accounts.sign_in().refresh),
            now=fake_time.now,
            sleep=fake_time.sleep,
        ) as session,
    ):
        assert len(list(session.saved_tracks())) == 3
    assert fake_time.slept == [PAGE_PAUSE_SECONDS, PAGE_PAUSE_SECONDS]

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import keyring
import pytest
from keyring.core import load_keyring

from companion.config.schema import Clips, Config, Spotify
from companion.demo.environment import MemoryKeyring
from companion.doctor.account import (
    check_app,
    check_clips,
    check_keyring,
    check_library,
    check_quota,
    check_sign_in,
)
from companion.doctor.check import Level, Subject
from companion.errors import KeyringMissing
from companion.spotify.auth.consent import CONSENT_LIFETIME
from companion.spotify.auth.credentials import (
    SCOPES,
    SERVICE,
    USER,
    Consent,
    CredentialStore,
)
from companion.spotify.quota import BUDGET, WINDOW, Group
from companion.store.database import open_database
from companion.store.metadata import LIBRARY_SYNCED_AT, save_time
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, save_tag
from companion.store.usage import count_call, save_wait
from tests.cli.shell import HAPPY, tag_at
from tests.doctor.conftest import CLIENT_ID, NOW
from tests.store.samples import make_track

OTHER = "another1"


@pytest.mark.parametrize(
    ("settings", "level", "words"),
    [
        (Spotify(), Level.FAIL, "no Client ID"),
        (Spotify(client_id=CLIENT_ID), Level.OK, "is set"),
        (Spotify(CLIENT_ID, api_url="http://127.0.0.1:1"), Level.WARN, "in place of Spotify"),
        (Spotify(CLIENT_ID, accounts_url="https://a.example"), Level.WARN, "in place of Spotify"),
    ],
)
def test_app(settings: Spotify, level: Level, words: str, subject: Subject) -> None:
    found = check_app(replace(subject, config=Config(spotify=settings)))
    assert found.level is level
    assert words in found.text
    assert CLIENT_ID not in found.text


def test_keyring(subject: Subject) -> None:
    found = check_keyring(subject)
    assert (found.level, found.text) == (Level.OK, MemoryKeyring().name)


def test_a_damaged_sign_in_is_not_the_keyrings_fault(subject: Subject) -> None:
    keyring.set_password(SERVICE, USER, "{")
    assert check_keyring(subject).level is Level.OK


def test_no_keyring(subject: Subject) -> None:
    keyring.set_keyring(load_keyring("keyring.backends.fail.Keyring"))
    with pytest.raises(KeyringMissing):
        check_keyring(subject)
    assert check_sign_in(subject).level is Level.WARN


@pytest.mark.parametrize(
    ("age", "level", "words"),
    [
        (timedelta(0), Level.OK, "182 days left"),
        (CONSENT_LIFETIME - timedelta(days=15), Level.OK, "15 days left"),
        (CONSENT_LIFETIME - timedelta(days=14), Level.WARN, "14 days left"),
        (CONSENT_LIFETIME - timedelta(days=1), Level.WARN, "1 day left"),
        (CONSENT_LIFETIME, Level.FAIL, "has ended"),
        (CONSENT_LIFETIME * 3, Level.FAIL, "has ended"),
    ],
)
def test_sign_in_by_its_age(age: timedelta, level: Level, words: str, subject: Subject) -> None:
    CredentialStore().save(Consent(CLIENT_ID, "secret", " ".join(SCOPES), (NOW - age).date()))
    found = check_sign_in(subject)
    assert found.level is level
    assert words in found.text
    assert bool(found.remedy) == (level is not Level.OK)


@pytest.mark.parametrize(
    ("client_id", "scope", "words"),
    [
        (OTHER, " ".join(SCOPES), "another Client ID"),
        (CLIENT_ID, SCOPES[0], "does not cover"),
        (CLIENT_ID, "", "does not cover"),
    ],
)
def test_a_sign_in_that_does_not_fit(
    client_id: str, scope: str, words: str, subject: Subject
) -> None:
    CredentialStore().save(Consent(client_id, "secret", scope, NOW.date()))
    found = check_sign_in(subject)
    assert found.level is Level.FAIL
    assert words in found.text


def test_not_signed_in(subject: Subject) -> None:
    assert check_sign_in(subject).level is Level.FAIL


@pytest.mark.parametrize(
    ("calls", "level", "words"),
    [
        (0, Level.OK, "400 of 400 player calls"),
        (360, Level.OK, "40 of 400 player calls"),
        (361, Level.WARN, "39 of 400 player calls"),
        (400, Level.WARN, "0 of 400 player calls"),
    ],
)
def test_quota(calls: int, level: Level, words: str, subject: Subject) -> None:
    subject.paths.make()
    with open_database(subject.paths.database) as db:
        count_call(db, Group.PLAYER, 1, WINDOW, NOW - 2 * WINDOW)
        rows = [(Group.PLAYER, NOW.timestamp() - k) for k in range(calls)]
        db.executemany("INSERT INTO calls VALUES (?, ?)", rows)
    found = check_quota(subject)
    assert found.level is level
    assert words in found.text


def test_quota_before_any_call(subject: Subject) -> None:
    found = check_quota(subject)
    assert found.level is Level.OK
    assert str(BUDGET[Group.LIBRARY]) in found.text


def test_a_wait(subject: Subject) -> None:
    subject.paths.make()
    with open_database(subject.paths.database) as db:
        save_wait(db, Group.LIBRARY, NOW + timedelta(hours=3))
        save_wait(db, Group.PLAYER, NOW - timedelta(hours=3))
    found = check_quota(subject)
    assert found.level is Level.WARN
    assert "no library call before" in found.text


@pytest.mark.parametrize(
    ("clips", "level"),
    [
        (Clips(), Level.WARN),
        (Clips(("deezer",)), Level.OK),
        (Clips(("local",)), Level.FAIL),
        (Clips(("local",), folder="/no/such/folder"), Level.FAIL),
        (Clips(("deezer", "local"), folder="HERE"), Level.OK),
    ],
)
def test_clips(clips: Clips, level: Level, subject: Subject, tmp_path: Path) -> None:
    if clips.folder == "HERE":
        clips = replace(clips, folder=str(tmp_path))
    assert check_clips(replace(subject, config=Config(clips=clips))).level is level


@pytest.mark.parametrize(
    ("age", "tagged", "level", "words"),
    [
        (timedelta(minutes=5), 1, Level.OK, "1 of 2 tracks tagged, read within the last hour"),
        (timedelta(hours=47), 1, Level.OK, "read 47 hours ago"),
        (timedelta(days=8), 1, Level.WARN, "read 8 days ago"),
        (timedelta(minutes=5), 0, Level.WARN, "0 of 2 tracks tagged"),
    ],
)
def test_library(age: timedelta, tagged: int, level: Level, words: str, subject: Subject) -> None:
    subject.paths.make()
    tracks = [make_track("1"), make_track("2")]
    with open_database(subject.paths.database) as db:
        save_tracks(db, tracks, NOW)
        save_time(db, LIBRARY_SYNCED_AT, NOW - age)
        for track in tracks[:tagged]:
            save_tag(db, track.id, tag_at(HAPPY), Origin("deezer", "1", 1.0), NOW)
    found = check_library(subject)
    assert found.level is level
    assert words in found.text


def test_a_library_that_was_never_read(subject: Subject) -> None:
    assert check_library(subject).level is Level.WARN
    subject.paths.make()
    with open_database(subject.paths.database):
        pass
    assert check_library(subject).text == "it has not been read yet"

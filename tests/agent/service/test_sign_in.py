from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date

import keyring
import pytest
from keyring.core import load_keyring

from companion.agent.service.sign_in import keep_sign_in, note_sign_in
from companion.spotify.auth.credentials import Consent, CredentialStore
from companion.store.metadata import CONSENT_ENDS, read_time
from tests.spotify.fakes import MemoryKeyring

CONSENT = Consent("0123456789abcdef", "secret", "scope", date(2026, 10, 1))


@pytest.fixture(autouse=True)
def backend() -> Iterator[MemoryKeyring]:
    before, own = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


def ends(db: sqlite3.Connection) -> date | None:
    kept = read_time(db, CONSENT_ENDS)
    return kept.date() if kept else None


def test_the_end_is_kept_and_no_secret(db: sqlite3.Connection) -> None:
    keep_sign_in(db, CONSENT)
    assert ends(db) == CONSENT.ends
    assert "secret" not in "".join(db.iterdump())
    keep_sign_in(db, None)
    assert ends(db) is None


def test_what_the_keyring_says_is_kept(db: sqlite3.Connection, backend: MemoryKeyring) -> None:
    note_sign_in(db)
    assert ends(db) is None
    CredentialStore(backend).save(CONSENT)
    note_sign_in(db)
    assert ends(db) == CONSENT.ends
    backend.entries["companion", "spotify"] = "no json"
    note_sign_in(db)
    assert ends(db) is None


def test_a_keyring_that_does_not_answer_changes_nothing(db: sqlite3.Connection) -> None:
    keep_sign_in(db, CONSENT)
    keyring.set_keyring(load_keyring("keyring.backends.fail.Keyring"))
    note_sign_in(db)
    assert ends(db) == CONSENT.ends

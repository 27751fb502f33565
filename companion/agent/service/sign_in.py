"""The end of the sign-in, kept in the store: who shows it need not ask the keyring."""

import logging
import sqlite3
from datetime import UTC, datetime, time

from companion.errors import KeyringMissing, LoginNeeded
from companion.spotify.auth.credentials import Consent, CredentialStore
from companion.store.metadata import CONSENT_ENDS, drop_time, save_time

_logger = logging.getLogger(__name__)


def keep_sign_in(db: sqlite3.Connection, consent: Consent | None) -> None:
    """Keep the day on which a consent ends; None: nobody is signed in."""
    if consent is None:
        drop_time(db, CONSENT_ENDS)
    else:
        save_time(db, CONSENT_ENDS, datetime.combine(consent.ends, time(), UTC))


def note_sign_in(db: sqlite3.Connection) -> None:
    """Keep what the keyring says; what was kept stays where it does not answer."""
    try:
        consent = CredentialStore().load()
    except KeyringMissing as error:
        _logger.info("%s", error)
    except LoginNeeded:
        keep_sign_in(db, None)
    else:
        keep_sign_in(db, consent)

"""The checks of the user's Spotify account, of the library and of its clips."""

import contextlib
from datetime import timedelta

from companion.agent.quota import calls_left
from companion.config.schema import Spotify
from companion.doctor.check import Finding, Subject, fail, ok, warn
from companion.errors import KeyringMissing, LoginNeeded
from companion.paths import expand, is_folder
from companion.spotify.quota import Group, budget_of
from companion.store.database import open_readonly
from companion.store.metadata import LIBRARY_SYNCED_AT, read_time
from companion.store.tracks.tags import count_tags
from companion.store.usage import read_wait

FEW_CALLS_SHARE = 0.1  # of a day's budget
OLD_SYNC = timedelta(days=7)
SETUP = "Run `companion setup`."
LOGIN = "Run `companion login`."


def check_app(subject: Subject) -> Finding:
    """Check that a Client ID is set, and that it is Spotify that is asked."""
    settings = subject.config.spotify
    if not settings.client_id:
        return fail("no Client ID is set", SETUP)
    usual = Spotify()
    if (settings.api_url, settings.accounts_url) != (usual.api_url, usual.accounts_url):
        return warn(
            f"{settings.api_url} is asked in place of Spotify",
            "Take spotify.api_url and spotify.accounts_url out of the config.",
        )
    return ok("a Client ID is set")


def check_keyring(_: Subject) -> Finding:
    """Check that there is a keyring that keeps secrets, and that it is unlocked."""
    import keyring

    from companion.spotify.auth.credentials import CredentialStore

    with contextlib.suppress(LoginNeeded):  # which `check_sign_in` tells
        CredentialStore().load()
    return ok(keyring.get_keyring().name)


def check_sign_in(subject: Subject) -> Finding:
    """Check that the user is signed in with this app, for more than a few days to come."""
    from companion.spotify.auth.consent import WARNING_DAYS
    from companion.spotify.auth.credentials import CredentialStore, scopes_for

    try:
        consent = CredentialStore().load()
    except KeyringMissing:
        return warn("unknown, as the keyring does not answer", "Get the keyring working first.")
    if consent is None:
        return fail("you are not signed in", LOGIN)
    if consent.client_id != subject.config.spotify.client_id:
        return fail("the sign-in belongs to another Client ID", LOGIN)
    if not set(scopes_for(subject.config.spotify)) <= set(consent.scope.split()):
        return fail("the sign-in does not cover all that is needed", LOGIN)
    days = consent.days_left(subject.now.date())
    if not days:
        return fail("the sign-in has ended: Spotify ends each after six months", LOGIN)
    found = "1 day left" if days == 1 else f"{days} days left"
    return warn(found, LOGIN) if days <= WARNING_DAYS else ok(found)


def check_quota(subject: Subject) -> Finding:
    """Check that Spotify may be asked now, and that calls are left."""
    budget = budget_of(subject.config.spotify)
    left, waits = dict(budget), {}
    if subject.paths.database.exists():
        with open_readonly(subject.paths.database) as db:
            left = calls_left(db, budget, subject.now)
            waits = {group: read_wait(db, group, subject.now) for group in Group}
    for group, until in waits.items():
        if until:
            return warn(
                f"Spotify allows no {group} call before {until.astimezone():%d %B %H:%M}",
                "Wait; until then no track is queued or no library read.",
            )
    found = ", ".join(f"{left[group]} of {calls} {group} calls" for group, calls in budget.items())
    if any(left[group] < FEW_CALLS_SHARE * calls for group, calls in budget.items()):
        return warn(f"{found} left of the last 24 hours", "Wait; the calls come back by the hour.")
    return ok(f"{found} left")


def check_clips(subject: Subject) -> Finding:
    """Check that a source of clips is chosen and present."""
    clips = subject.config.clips
    if not clips.providers:
        return warn("no source is chosen, so no track is tagged", SETUP)
    if "local" in clips.providers and not (clips.folder and is_folder(expand(clips.folder))):
        return fail(
            f"the folder of your audio files is not there: {clips.folder or '(not set)'}", SETUP
        )
    return ok(f"from {', then '.join(clips.providers)}")


def check_library(subject: Subject) -> Finding:
    """Check that the library was read, not too long ago, and that tracks are tagged."""
    synced = counts = None
    if subject.paths.database.exists():
        with open_readonly(subject.paths.database) as db:
            synced, counts = read_time(db, LIBRARY_SYNCED_AT), count_tags(db)
    if synced is None or counts is None:
        return warn("it has not been read yet", "Run `companion sync`.")
    found = f"{counts.tagged} of {counts.tracks} tracks tagged, read {_ago(subject.now - synced)}"
    if counts.tracks and not counts.tagged:
        return warn(found, "Run `companion tag`.")
    if subject.now - synced > OLD_SYNC:
        return warn(found, "Run `companion sync`.")
    return ok(found)


def _ago(age: timedelta) -> str:
    if age < timedelta(hours=1):
        return "within the last hour"
    if age < timedelta(days=2):
        return f"{age // timedelta(hours=1)} hours ago"
    return f"{age.days} days ago"

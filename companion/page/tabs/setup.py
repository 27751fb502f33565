"""Setup: the steps of `companion setup`, each with its state, so that they can be resumed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from companion.config.edit import change_settings
from companion.desktop.menu_entry import install_menu_entry, uninstall_menu_entry
from companion.desktop.service.service import find_service, install, read_own, uninstall
from companion.errors import KeyringMissing, LoginNeeded, ServiceError, UsageError
from companion.music.clips.local import SUFFIXES
from companion.page.context import Context, Given, text_of
from companion.paths import expand, is_folder
from companion.spotify.auth.credentials import CredentialStore, scopes_for
from companion.store.tracks.tags import count_tags

REDIRECT = "http://127.0.0.1/callback"
SOURCES = {
    "local": ("local",),
    "deezer": ("deezer",),
    "both": ("local", "deezer"),
    "none": (),
}


def show_steps(context: Context, _: Given) -> dict[str, Any]:
    """Give the state of every step."""
    config = context.config
    clips = config.clips
    with context.store() as db:
        counts = count_tags(db)
    source = next((name for name, found in SOURCES.items() if found == clips.providers), "both")
    return {
        "app": {"done": bool(config.spotify.client_id), "redirect": REDIRECT},
        "sign_in": _sign_in(context),
        "clips": {
            "done": bool(clips.providers),
            "source": source,
            "folder": clips.folder,
        },
        "camera": {"done": config.camera.enabled, "index": config.camera.index},
        "library": {
            "done": counts.tagged > 0,
            "tracks": counts.tracks,
            "tagged": counts.tagged,
        },
        "service": _service(),
    }


def _sign_in(context: Context) -> dict[str, Any]:
    settings = context.config.spotify
    try:
        consent = CredentialStore().load()
    except KeyringMissing as error:
        return {"done": False, "days": None, "problem": str(error), "remedy": error.remedy}
    except LoginNeeded:
        consent = None
    if consent is None or consent.client_id != settings.client_id:
        return {"done": False, "days": None, "problem": ""}
    days = consent.days_left(context.now().date())
    covered = set(scopes_for(settings)) <= set(consent.scope.split())
    return {"done": bool(covered and days), "days": days, "problem": ""}


def _service() -> dict[str, Any]:
    try:
        service = find_service()
        found = read_own(service)
        running = found is not None and service.is_running()
    except ServiceError as error:
        return {"done": False, "installed": False, "place": "", "problem": str(error)}
    return {
        "done": running and found == service.definition,
        "installed": found is not None,
        "place": service.place,
        "problem": "",
    }


def set_app(context: Context, given: Given) -> dict[str, Any]:
    """Write the Client ID.

    Raises:
        ConfigError: it is none.
    """
    change_settings(
        context.paths.config, {("spotify", "client_id"): text_of(given, "client_id").strip()}
    )
    context.tell_agent("reload")
    return {}


def set_clips(context: Context, given: Given) -> dict[str, Any]:
    """Write the sources of clips, and the folder of the user's own files.

    Raises:
        UsageError: the folder is missing or has no audio file.
    """
    source = text_of(given, "source")
    if source not in SOURCES:
        raise UsageError("This is not a source of clips.", "Choose one of those shown.")
    changes: dict[tuple[str, str], Any] = {("clips", "providers"): SOURCES[source]}
    if "local" in SOURCES[source]:
        changes["clips", "folder"] = _check_folder(text_of(given, "folder"))
    change_settings(context.paths.config, changes)
    context.tell_agent("reload", "wake")
    return {}


def _check_folder(text: str) -> str:
    folder = expand(text.strip())
    if not text.strip() or not is_folder(folder):
        raise UsageError("There is no such folder.", "Name the folder of your audio files.")
    files = (name for *_, names in os.walk(folder) for name in names)
    if not any(Path(name).suffix.lower() in SUFFIXES for name in files):
        raise UsageError(
            "The folder has no audio file.", f"Its files must end in {', '.join(sorted(SUFFIXES))}."
        )
    return str(folder.absolute())


def set_camera(context: Context, given: Given) -> dict[str, Any]:
    """Write whether the camera may be opened."""
    change_settings(context.paths.config, {("camera", "enabled"): given.get("allowed") is True})
    context.tell_agent("reload", "wake")
    return {}


def set_service(context: Context, given: Given) -> dict[str, Any]:
    """Install and start the service, or remove it; gives what else the user must do, if anything.

    Raises:
        ServiceError: the system's manager of services refuses.
    """
    service = find_service()
    if given.get("wanted") is not True:
        uninstall(service)
        uninstall_menu_entry()
        return {"advice": ""}
    context.paths.make()
    install(service, start=True)
    install_menu_entry()
    return {"advice": service.advice() or ""}

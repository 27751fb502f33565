"""The steps of `companion setup`. Each explains, asks, does one thing and says what it did."""

from __future__ import annotations

from dataclasses import replace

import typer

from companion.cli.setup.clip_choice import check_folder, find_music_folder, recommend
from companion.cli.setup.guide import Guide, say, today
from companion.config.file import find_problem
from companion.config.schema import Clips
from companion.errors import UsageError

DASHBOARD = "https://developer.spotify.com/dashboard"
APP_WORDS = f"""
Spotify grants access only through an app of your own. It is free of charge;
your account needs Premium.

  1. Open {DASHBOARD} and sign in.
  2. Press "Create app". Choose any name and description.
  3. Redirect URI, exactly this, then "Add":
         http://127.0.0.1/callback
     (without a port, and not with "localhost": Spotify refuses that)
  4. Tick "Web API", agree to the terms, press "Save".
  5. Copy the Client ID from the app's page. The secret is not needed.
"""
SIGN_IN_WORDS = """
Your browser opens Spotify's page. You allow companion to read your saved
tracks, playlists if your settings say so, what plays and what played, and to
add a track to the queue: nothing else. The sign-in is kept in the system's
keyring; Spotify ends it after six months.
"""
CLIPS_WORDS = """
A track's mood is read from 30 seconds of its sound, on this machine. Spotify
does not give that sound to programs, so it comes from elsewhere. Nothing is
fetched before you choose.

  local   your own audio files, matched by their tags; nothing leaves here
  deezer  Deezer's public previews. Deezer learns which tracks you ask for;
          its terms allow private use only. Nothing is stored but the mood.
  both    your own files first, Deezer for the rest
  none    no track is tagged, so none is ever queued
"""
CAMERA_WORDS = """
companion works with the camera or without. Without, the mood is read from
what you play and skip, and from your habits, which take days to learn.

With it, companion opens the camera for about two seconds for each track it
queues. The pictures stay in memory and are dropped at once: none is written
or sent. What is kept are numbers: how much of each of eight emotions, and
when. Pause it at any time: companion pause. Delete it: companion forget.
"""
SERVICE_WORDS = """
As a service, companion starts when you log in and works without a window.
"""


def set_app(guide: Guide) -> None:
    """Write the Client ID."""
    current = guide.config.spotify.client_id
    chosen = guide.answers.client_id
    if chosen is None and guide.terminal and "app" not in guide.answers.keep:
        say(APP_WORDS)
        hint = "Enter keeps it" if current else "Enter: later"
        chosen = typer.prompt(
            f"\n  Client ID ({hint})",
            default=current,
            show_default=bool(current),
            value_proc=_parse_client_id,
        )
    if chosen and chosen != current:
        guide.change("spotify", client_id=chosen)
        say(f"Written to {guide.paths.config}.")
    elif current:
        say("The Client ID is unchanged.")
    else:
        guide.leave_out("companion setup", "enter the Client ID")


def _parse_client_id(text: str) -> str:
    if problem := find_problem("spotify", "client_id", text.strip()):
        raise typer.BadParameter(f"it {problem}.")
    return text.strip()


def sign_in(guide: Guide) -> None:
    """Let the user consent in the browser."""
    from companion.agent.service.sign_in import keep_sign_in
    from companion.spotify.auth.login import sign_in as sign_in_to_spotify

    if not guide.config.spotify.client_id:
        say("It needs the Client ID first.")
        guide.leave_out("companion login", "sign in to Spotify")
        return
    consent = guide.consent()
    if consent:
        say(f"You are signed in for {consent.days_left(today())} more days.")
        given = guide.answers.sign_in or (False if guide.answers.all_yes else None)
        if not guide.agree("Sign in again?", given, default=False):
            return
    else:
        say(SIGN_IN_WORDS)
        if not guide.agree("Sign in now?", guide.answers.sign_in, default=True):
            guide.leave_out("companion login", "sign in to Spotify")
            return
    consent = sign_in_to_spotify(guide.config.spotify, show=_show_page)
    with guide.home.store() as db:
        keep_sign_in(db, consent)
    say(f"Signed in for {consent.days_left(today())} days.")


def _show_page(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        say(f"No browser could be opened. Open this page on this computer:\n\n{address}\n")
    say("Waiting for your answer in the browser ...")


def choose_clips(guide: Guide) -> None:
    """Write the sources of clips."""
    current = guide.config.clips
    chosen = guide.answers.clips
    if chosen is None and guide.terminal and "clips" not in guide.answers.keep:
        say(CLIPS_WORDS)
        chosen = _ask_clips(current)
    if chosen is None:
        say(f"Unchanged: {_describe_clips(current)}.")
        return
    wanted = replace(current, providers=chosen.providers, folder=chosen.folder or current.folder)
    if wanted == current:
        say(f"Unchanged: {_describe_clips(current)}.")
    else:
        keys = ("providers", "folder")
        new = {k: getattr(wanted, k) for k in keys if getattr(wanted, k) != getattr(current, k)}
        guide.change("clips", **new)
        say(f"Chosen: {_describe_clips(wanted)}.")
    if not chosen.providers:
        guide.remember("companion setup", "choose where clips come from")


_PROVIDERS = {
    "local": ("local",),
    "deezer": ("deezer",),
    "both": ("local", "deezer"),
    "none": (),
}


def _ask_clips(current: Clips) -> Clips:
    before = next((word for word, p in _PROVIDERS.items() if p == current.providers), "none")
    folder = current.folder or find_music_folder()
    if not current.providers:
        before, why = recommend(folder)
        say(f"\nRecommended: {before}. {why}")
    word = typer.prompt("\n  Your choice", default=before, value_proc=_parse_choice)
    providers = _PROVIDERS[word]
    if "local" not in providers:
        return Clips(providers)
    folder = typer.prompt(
        "  The folder of your audio files",
        default=folder or None,
        value_proc=_parse_folder,
    )
    return Clips(providers, folder=folder)


def _parse_choice(text: str) -> str:
    word = text.strip().lower()
    if word not in _PROVIDERS:
        raise typer.BadParameter(f"it must be one of {', '.join(_PROVIDERS)}.")
    return word


def _parse_folder(text: str) -> str:
    try:
        return check_folder(text)
    except UsageError as error:
        raise typer.BadParameter(str(error)) from error


def _describe_clips(clips: Clips) -> str:
    names = {"local": f"your files in {clips.folder}", "deezer": "Deezer's previews"}
    return ", then ".join(names[name] for name in clips.providers) or "no source of clips"


def allow_camera(guide: Guide) -> None:
    """Write whether it goes with the camera or without, and look once."""
    say(CAMERA_WORDS)
    allowed = guide.agree("Use the camera?", guide.answers.camera)
    guide.change("camera", enabled=allowed)
    if not allowed:
        say("Without it: the camera stays off, and your mood is read from what you listen to.")
        guide.remember("companion setup", "take the camera")
        return
    say("With the camera.")
    given = None if guide.terminal else True
    if guide.agree("Take a look now to see that it works?", given, default=True):
        _look(guide)


def _look(guide: Guide) -> None:
    from companion.cli.camera import logged_use, look
    from companion.cli.output import console
    from companion.cli.visit.describe import doubt_of, show_mood

    say("Looking ...\n")
    index = guide.config.camera.index
    with logged_use(index, guide.home, "setup"):
        reading = look(guide.home, index)
    if reading.mood:
        show_mood(console(), reading.mood, doubt_of(reading))
    if reading.abstention:
        say(f"No mood was read: {reading.abstention.value.replace('_', ' ')}, {reading.detail}.")


def _choose_notices(guide: Guide) -> None:
    """Write whether a notice tells of each queued track; quiet where nobody asks for it."""
    current, given = guide.config.agent.queue_notices, guide.answers.notices
    if given is None and (guide.answers.all_yes or not guide.terminal):
        return
    question = "Show a desktop notice of each queued track, and why?"
    wanted = guide.agree(question, given, default=current)
    if wanted != current:
        guide.change("agent", queue_notices=wanted)


def install_service(guide: Guide) -> None:
    """Let the desktop start the agent."""
    from companion.desktop.menu_entry import install_menu_entry
    from companion.desktop.service.service import find_service, install, read_own

    say(SERVICE_WORDS)
    _choose_notices(guide)
    service = find_service()
    if read_own(service) == service.definition and guide.answers.service is None:
        say(f"It is already installed: {service.place}")
        return
    if not guide.agree("Install and start it?", guide.answers.service, default=True):
        guide.leave_out("companion service install", "start with the desktop")
        return
    install(service, start=True)
    install_menu_entry()
    say(f"Installed and started: {service.place}")
    if advice := service.advice():
        say(advice)

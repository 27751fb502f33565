"""`companion setup`: the first-run guide."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Annotated

import typer

from companion.cli.setup.clip_choice import KEEP, WORDS, parse_clips
from companion.cli.setup.first_song import find_first_song
from companion.cli.setup.guide import Answers, Guide, complain
from companion.cli.setup.steps import (
    allow_camera,
    choose_clips,
    install_service,
    set_app,
    sign_in,
)
from companion.config.file import find_problem
from companion.errors import (
    CompanionError,
    Interrupted,
    KeyringMissing,
    ServiceError,
    UsageError,
)
from companion.paths import find_paths

STEPS: dict[str, Callable[[Guide], None]] = {
    "Your Spotify app": set_app,
    "Sign-in": sign_in,
    "Where clips come from": choose_clips,
    "Camera": allow_camera,
    "Your first song": find_first_song,
    "Service": install_service,
}


def setup(  # noqa: PLR0913 - a flag for each question
    *,
    client_id: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The Client ID of your Spotify app, or keep."),
    ] = None,
    login: Annotated[
        bool | None, typer.Option("--sign-in/--no-sign-in", help="Sign in to Spotify.")
    ] = None,
    clips: Annotated[
        str | None, typer.Option(metavar="SOURCE", help=f"Where clips come from: {WORDS}.")
    ] = None,
    camera: Annotated[
        bool | None,
        typer.Option("--camera/--no-camera", help="Use the camera and try it, or do without."),
    ] = None,
    first_song: Annotated[
        bool | None,
        typer.Option(
            "--first-song/--no-first-song", help="Read the library, tag 50 tracks, queue one."
        ),
    ] = None,
    service: Annotated[
        bool | None, typer.Option("--service/--no-service", help="Start the agent when you log in.")
    ] = None,
    notices: Annotated[
        bool | None,
        typer.Option("--notices/--no-notices", help="Show a desktop notice of each queued track."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Answer yes to all other questions.")] = False,
) -> None:
    """Set everything up, step by step.

    You can skip any step and run this again. A flag answers its step's question; without a
    terminal every question except --notices needs its flag.
    """
    kept = frozenset(n for n, v in (("app", client_id), ("clips", clips)) if v == KEEP)
    sources = parse_clips(clips) if clips is not None else None
    app = _check_client_id(client_id)
    run_guide(
        Answers(
            client_id=app,
            sign_in=login,
            clips=sources,
            camera=camera,
            first_song=first_song,
            service=service,
            notices=notices,
            keep=kept,
            all_yes=yes,
        )
    )


def run_guide(answers: Answers) -> None:
    """Take every step, then say what comes next.

    Raises:
        UsageError: there is no terminal to ask in, and a flag is missing.
        SystemExit: a step failed.
    """
    guide = Guide(find_paths(), answers, sys.stdin.isatty())
    guide.paths.make()
    if not guide.terminal and (missing := list(_missing_flags(guide))):
        raise UsageError(
            f"There is no terminal to ask in, so these flags are needed too: {', '.join(missing)}.",
            "See `companion setup --help`.",
        )
    failure = _take_steps(guide)
    guide.tell_agent()
    _say_what_is_next(guide)
    if failure:
        raise SystemExit(failure.exit_code)


def _check_client_id(text: str | None) -> str | None:
    if text is None or text == KEEP:
        return None
    if problem := find_problem("spotify", "client_id", text):
        raise UsageError(f"--client-id {problem}.", "Copy it from the app's page.")
    return text


def _missing_flags(guide: Guide) -> Iterator[str]:
    """Give the flags without which a question would stay open."""
    answers, config = guide.answers, guide.config
    if not (answers.client_id or config.spotify.client_id or "app" in answers.keep):
        yield "--client-id"
    if not (answers.all_yes or answers.sign_in is not None or _is_signed_in(guide)):
        yield "--sign-in or --no-sign-in"
    if not (answers.clips or config.clips.providers or "clips" in answers.keep):
        yield "--clips"
    if not answers.all_yes and answers.camera is None:
        yield "--camera or --no-camera"
    if not answers.all_yes and answers.first_song is None:
        yield "--first-song or --no-first-song"
    if not answers.all_yes and answers.service is None:
        yield "--service or --no-service"


def _is_signed_in(guide: Guide) -> bool:
    try:
        return guide.consent() is not None
    except KeyringMissing:  # which the step tells
        return False


def _take_steps(guide: Guide) -> CompanionError | None:
    """Take all steps, even after one that fails; give the first failure."""
    typer.echo("You can skip any step, and run `companion setup` again at any time.")
    failures = []
    for number, (name, step) in enumerate(STEPS.items(), 1):
        typer.secho(f"\n{number} of {len(STEPS)}  {name}", bold=True)
        try:
            step(guide)
        except Interrupted:
            raise
        except CompanionError as error:
            complain(error)
            failures.append(error)
    return failures[0] if failures else None


def _say_what_is_next(guide: Guide) -> None:
    typer.secho("\nNext", bold=True)
    for command, purpose in _next_commands(guide):
        guide.remember(command, purpose)
    width = max(map(len, guide.later))
    for command, purposes in guide.later.items():
        typer.echo(f"  {command:{width}}  {', '.join(purposes)}")


def _next_commands(guide: Guide) -> Iterator[tuple[str, str]]:
    if "companion login" not in guide.later and not _is_signed_in(guide):
        yield "companion login", "sign in to Spotify"
    tracks, tagged = _count_library(guide)
    if not tracks:
        yield "companion sync", "read your saved tracks"
    if guide.config.clips.providers and (tagged < tracks or not tracks):
        yield "companion tag", "tag the rest now, and not in the background"
    if not _has_service():
        yield "companion run", "make visits, until Ctrl-C"
    yield "companion status", "how things stand"
    yield "companion doctor", "what is in order and what is not"


def _has_service() -> bool:
    from companion.desktop.service.service import find_service, read_own

    with contextlib.suppress(ServiceError):
        return read_own(find_service()) is not None
    return False


def _count_library(guide: Guide) -> tuple[int, int]:
    from companion.store.tracks.tags import count_tags

    with guide.home.store() as db:
        counts = count_tags(db)
    return counts.tracks, counts.tagged

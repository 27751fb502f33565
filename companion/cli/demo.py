"""`companion demo`: the main job from a face to a queued track, with nothing but this machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from companion.cli.camera import Source, look, parse_source
from companion.cli.home import Home, open_home
from companion.cli.library.library import run_sync
from companion.cli.library.tag import run_tag
from companion.cli.output import console, count_of
from companion.cli.visit.describe import show_visit
from companion.cli.visit.once import run_visit

if TYPE_CHECKING:
    from companion.affect import FaceReading
    from companion.demo.simulator.server import Simulator

ADD = ("POST", "/v1/me/player/queue")


def demo(*, source: Source = None) -> None:
    """Run the whole program: no account, no webcam, no network.

    A moving portrait replaces the webcam, a simulator on this machine replaces Spotify, and the
    music of its library is composed by the program. With --source, it looks at your webcam or
    your video instead.
    """
    from companion.demo.environment import demo_environment

    began = time.monotonic()
    screen = console()
    screen.print("Spotify here is a simulator on this machine; the program composes its music.\n")
    with demo_environment() as spotify:
        home = open_home()
        _run(home, source, spotify)
    screen.print(f"\nDone in {time.monotonic() - began:.0f} s. Nothing was kept.")


def _run(home: Home, source: str | None, spotify: Simulator) -> None:
    from companion.agent.quota import open_spotify
    from companion.demo.environment import consent
    from companion.face.camera import check_source
    from companion.spotify.auth.login import sign_in

    check_source(parse_source(source, home))
    sign_in(home.config.spotify, show=consent)
    with home.store() as db, open_spotify(db, home.config.spotify) as session:
        run_sync(db, home, session)
        run_tag(db, home)
        typer.echo("\nLooking ...\n", err=True)
        result = run_visit(home, db, session, lambda: _look(home, source))
    show_visit(result)
    adds = spotify.count(*ADD)
    queued = ", ".join(item.uri for item in spotify.player.queued()) or "nothing"
    console().print(f"The Spotify simulator received {count_of(adds, 'add')}: {queued}")
    if result.error:
        raise result.error


def _look(home: Home, source: str | None) -> FaceReading:
    if source is not None:
        return look(home, parse_source(source, home))
    from companion.agent.models.face import open_face_reader
    from companion.demo.portrait import portrait_frames

    with open_face_reader() as reader:
        return reader.read(portrait_frames())


def simulator(
    *,
    library: Annotated[
        int, typer.Option(metavar="N", min=0, max=20_000, help="How many saved tracks.")
    ] = 28,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65_535, help="0 picks a free one.")
    ] = 8765,
    fault: Annotated[
        list[str] | None,
        typer.Option(metavar="STEP", help="A fault to simulate, see above; may be repeated."),
    ] = None,
) -> None:
    """Run the Spotify simulator alone, until Ctrl-C.

    It lets you try the companion without an account. Set spotify.api_url and
    spotify.accounts_url to the address it prints, clips.deezer_url to the same with
    /deezer, and spotify.client_id to any eight letters.

    At that address is a page that shows what plays, the queue and the last requests, with
    buttons for the listener. A program can ask the same there: GET /requests (the log, as
    JSON), POST /clock with seconds=N (time passes at once), POST /faults with fault=STEP,
    DELETE /faults, POST /listener/play, pause or next.

    A STEP is NAME, NAME:AFTER (so many requests go well first) or NAME:AFTER:TIMES (0: all
    from then on). A request can also name its own fault, in the header X-Fault.

    Adding to the queue: queue_text, queue_502 (it was added), queue_lost (it was not),
    queue_slow, queue_late, premium_required, restriction, no_active_device.

    Any call: owner_premium, not_registered, expired, rate_limit, quota, server_error, text,
    slow.

    The player: no_device, restricted_device, private_session, advert, episode, local_file,
    relinked.

    The library: library_grows, library_shrinks.

    The sign-in: denied, token_503, token_slow, token_rotates, token_no_scope, invalid_grant.

    Clips: clip_throttled, clip_unknown, clip_damaged, clip_gone.
    """
    from companion.demo.environment import demo_extra

    with demo_extra():
        from companion.demo.simulator.server import serve
    with serve(library, port, faults=fault or ()) as url:
        typer.echo(f"The simulator runs at {url} until Ctrl-C. Open it to see its state.")
        while True:
            time.sleep(3600)

"""`companion login` and `logout`."""

import webbrowser
from datetime import UTC, datetime
from typing import Annotated

import typer

from companion.cli.home import open_home
from companion.cli.output import Json, print_json


def login(
    *,
    browser: Annotated[
        bool, typer.Option(help="Open the page; otherwise print its address.")
    ] = True,
) -> None:
    """Sign in to Spotify."""
    from companion.agent.service.sign_in import keep_sign_in
    from companion.spotify.auth.login import sign_in

    home = open_home()
    consent = sign_in(home.config.spotify, show=_open_page if browser else _print_address)
    with home.store() as db:
        keep_sign_in(db, consent)
    home.wake_agent()
    days = consent.days_left(datetime.now(UTC).date())
    typer.echo(f"Signed in. Spotify asks again in {days} days.")
    typer.echo("Next: companion sync")


def logout(*, as_json: Json = False) -> None:
    """Forget the sign-in."""
    from companion.agent.service.sign_in import keep_sign_in
    from companion.spotify.auth.credentials import CredentialStore

    forgot = CredentialStore().forget()
    with open_home().store() as db:
        keep_sign_in(db, None)
    if as_json:
        print_json({"forgot": forgot})
    else:
        typer.echo("Signed out." if forgot else "You were not signed in.")


def _open_page(address: str) -> bool:
    typer.echo("Waiting for your answer in the browser ...", err=True)
    return webbrowser.open(address)


def _print_address(address: str) -> None:
    typer.echo(f"Open this page on this computer:\n\n{address}\n")

"""`companion open`: the page in the browser."""

from typing import Annotated

import typer

from companion.cli.home import open_home
from companion.errors import AgentRunning, LibraryMissing


def open(  # noqa: A001 - the command's name
    *,
    browser: Annotated[
        bool, typer.Option(help="Open the browser; otherwise print the address.")
    ] = True,
    stay: Annotated[
        bool, typer.Option("--stay", help="Serve the page in this terminal until it ends.")
    ] = False,
) -> None:
    """Open the page in your browser: today, your picks, settings.

    It is served on this machine, for you alone, and stops ten minutes after its last tab is
    closed. The address that is opened works only once.
    """
    try:
        from companion.page.server import process
    except ImportError as error:
        raise LibraryMissing(
            f"The page needs {error.name}, which is not installed.",
            "Install companion again with pip.",
        ) from error
    paths = open_home().paths
    show = _show if browser else typer.echo
    if address := process.fresh_address(paths):
        show(address)
    elif stay:
        try:
            process.serve(paths, show)
        except AgentRunning:  # another one was faster
            show(process.fresh_address(paths) or "")
    else:
        show(process.start_and_wait(paths))


def _show(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        typer.echo(f"No browser could be opened. Open this page on this computer:\n\n{address}\n")

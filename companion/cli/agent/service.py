"""`companion service`: the agent starts with the desktop."""

import textwrap
from typing import Annotated

import typer

from companion.cli.output import Json, print_json
from companion.desktop import menu_entry
from companion.desktop.programs import Command
from companion.desktop.service import service

NOT_RUNNING = 3  # the exit code, as for `companion status`

app = typer.Typer(
    no_args_is_help=True, help="Start the agent when you log in.", rich_markup_mode=None
)
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only print what would be done.")]


@app.command()
def install(
    *,
    dry_run: DryRun = False,
    no_start: Annotated[
        bool, typer.Option("--no-start", help="Start it at the next login, not now.")
    ] = False,
) -> None:
    """Install the agent as a service, for you alone, and start it.

    The desktop's menu gets an entry that opens the page.
    """
    manager = service.find_service()
    if dry_run:
        changed = service.read_own(manager) != manager.definition
        if changed:
            typer.echo(f"Would write {manager.place}:\n")
            typer.echo(textwrap.indent(manager.definition, "    "))
        _print_commands(manager.start_commands(start=not no_start, changed=changed))
        return
    changed = service.install(manager, start=not no_start)
    menu_entry.install_menu_entry()
    typer.echo(f"{'Wrote' if changed else 'Nothing to change in'} {manager.place}.")
    typer.echo(f"The agent {'will start at your next login' if no_start else 'has been started'}.")
    if advice := manager.advice():
        typer.echo(advice)


@app.command()
def uninstall(*, dry_run: DryRun = False) -> None:
    """Stop the agent, and remove its service and the menu entry."""
    manager = service.find_service()
    if dry_run and service.read_own(manager) is not None:
        _print_commands(manager.stop_commands())
        typer.echo(f"Would remove {manager.place}.")
    elif not dry_run and service.uninstall(manager):
        menu_entry.uninstall_menu_entry()
        typer.echo(f"Removed {manager.place}.")
    else:
        typer.echo("No service is installed.")


@app.command()
def status(*, as_json: Json = False) -> None:
    """Say whether the service is running; exit code 3 if not."""
    manager = service.find_service()
    installed = service.read_own(manager) is not None
    running = installed and manager.is_running()
    if as_json:
        print_json({"installed": installed, "running": running, "place": manager.place})
    elif not installed:
        typer.echo("No service is installed: `companion service install` makes one.")
    else:
        typer.echo(
            f"{manager.place} is installed {'and running' if running else 'but not running'}."
        )
    if not running:
        raise typer.Exit(NOT_RUNNING)


def _print_commands(commands: list[Command]) -> None:
    for command in commands:
        typer.echo(f"Would run: {' '.join(command.words)}")

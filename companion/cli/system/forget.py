"""`companion forget`: deletes what is kept."""

import sys
from typing import Annotated

import typer

from companion.cli.output import Json, count_of, print_json
from companion.errors import UsageError
from companion.paths import Paths, find_paths
from companion.store.forget import Kind

WHAT = {
    "readings": "readings of your face, your corrections, your resting face, the mood you set, "
    "the learned trust",
    "history": "visits, what was played and queued, and what you said of it",
    "library": "tracks of your library, and their moods",
}

REST = "what you blocked, the sign-in, the log and the caches"


def forget(
    *,
    readings: Annotated[bool, typer.Option("--readings", help=f"The {WHAT['readings']}.")] = False,
    history: Annotated[bool, typer.Option("--history", help=f"The {WHAT['history']}.")] = False,
    library: Annotated[bool, typer.Option("--library", help=f"The {WHAT['library']}.")] = False,
    everything: Annotated[bool, typer.Option("--all", help=f"These, and {REST}.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: Json = False,
) -> None:
    """Delete what is kept, and leave no trace of it.

    Nothing of it is left in the database file. The log and the backups of the database are
    deleted with it. Your settings stay, and so do the files that `companion export` wrote: they
    are yours.
    """
    chosen = {Kind.READINGS: readings, Kind.HISTORY: history, Kind.LIBRARY: library}
    kinds = [kind for kind, wanted in chosen.items() if wanted]
    if not kinds and not everything:
        raise UsageError(
            "Nothing to delete was named.", "Give --readings, --history, --library, or --all."
        )
    if not (yes or _agree(kinds, everything=everything)):
        typer.echo("Nothing was deleted.")
        raise typer.Exit(1)
    _forget(find_paths(), kinds, everything=everything, as_json=as_json)


def _agree(kinds: list[Kind], *, everything: bool) -> bool:
    """Ask whether the user means it; raise a UsageError where there is no terminal."""
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask in.", "Give --yes.")
    names = [*WHAT.values(), REST] if everything else [WHAT[kind] for kind in kinds]
    typer.echo("\n".join(f"  {name}" for name in names))
    return typer.confirm("Delete this for good?")


def _forget(paths: Paths, kinds: list[Kind], *, everything: bool, as_json: bool) -> None:
    from companion.agent.service.forget import forget_all, forget_kinds

    if everything:
        signed_out = forget_all(paths)
        sentence = "Everything is forgotten" + (", and you are signed out." if signed_out else ".")
        gone: dict[str, int | bool] = {"all": True, "sign_in": signed_out}
    else:
        rows = forget_kinds(paths, kinds)
        sentence = "Forgotten: " + ", ".join(
            f"{kind} ({count_of(n, 'row')})" for kind, n in rows.items()
        )
        gone = {kind.value: number for kind, number in rows.items()}
    if as_json:
        print_json({"forgot": gone})
        return
    typer.echo(sentence)
    if everything and paths.config.exists():
        typer.echo(f"Your settings stay: {paths.config}")

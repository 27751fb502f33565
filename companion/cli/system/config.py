"""`companion config`: the settings file."""

from __future__ import annotations

import typer

from companion.cli.output import Json, print_json
from companion.config.file import example, load_config, show, to_toml
from companion.errors import ConfigError, UsageError
from companion.paths import find_paths

app = typer.Typer(no_args_is_help=True, help="The settings file.", rich_markup_mode=None)


@app.command()
def init() -> None:
    """Write a settings file with every setting commented out."""
    file = find_paths().config
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(example())
    except OSError as error:
        if file.exists():
            raise UsageError(
                f"{file} is there already.", "Edit it, or move it away first."
            ) from None
        raise ConfigError(
            f"{file} cannot be written: {error.strerror}.",
            "Set COMPANION_HOME to a folder that you may write to.",
        ) from error
    typer.echo(f"Wrote {file}")


@app.command("path")
def print_path() -> None:
    """Print where the settings file is."""
    typer.echo(find_paths().config)


@app.command("show")
def print_settings(*, as_json: Json = False) -> None:
    """Print the settings that are in force."""
    settings = show(load_config(find_paths().config))
    if as_json:
        print_json(settings)
        return
    for section, values in settings.items():
        typer.echo(f"[{section}]")
        for key, value in values.items():
            typer.echo(f"{key} = {to_toml(value)}")


@app.command()
def check() -> None:
    """Say what is wrong with the settings, all at once."""
    file = find_paths().config
    load_config(file)
    typer.echo(f"{file} is in order." if file.exists() else f"No {file}: the defaults hold.")

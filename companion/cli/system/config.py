"""`companion config`: the settings file."""

from typing import Annotated

import typer

from companion.cli.home import Home
from companion.cli.output import Json, print_json
from companion.config.edit import change_settings, write_example
from companion.config.file import load_config, parse_setting, show, to_toml
from companion.paths import find_paths

app = typer.Typer(no_args_is_help=True, help="The settings file.", rich_markup_mode=None)


@app.command()
def init() -> None:
    """Write a settings file with every setting commented out."""
    file = find_paths().config
    write_example(file)
    typer.echo(f"Wrote {file}")


@app.command("set")
def set_value(
    name: Annotated[str, typer.Argument(metavar="SECTION.KEY", help="For example camera.index.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="As in the file; a list as a,b.")],
) -> None:
    """Set one setting in the file, after checking it."""
    section, key, parsed = parse_setting(name, value)
    paths = find_paths()
    change_settings(paths.config, {(section, key): parsed})
    typer.echo(f"{section}.{key} = {to_toml(parsed)}")
    Home(paths, load_config(paths.config)).reload_agent()


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
    """List everything that is wrong with the settings."""
    file = find_paths().config
    load_config(file)
    typer.echo(f"{file} is valid." if file.exists() else f"No {file}: the defaults apply.")

"""`companion models`: the weights that come with the program."""

from __future__ import annotations

import typer

from companion.cli.output import Json, print_json
from companion.errors import ModelError
from companion.weights import Model, list_models, models_folder, open_model

app = typer.Typer(
    no_args_is_help=True, help="The models that come with the program.", rich_markup_mode=None
)


@app.command("list")
def print_models(*, as_json: Json = False) -> None:
    """Name the models and where they lie."""
    models = _open_all()
    if as_json:
        print_json([_describe(model) for model in models])
        return
    for model in models:
        typer.echo(f"{model.label:20} {model.folder}")


@app.command()
def verify(*, as_json: Json = False) -> None:
    """Check every file of every model against its hash."""
    models = _open_all()
    if as_json:
        print_json([_describe(model) for model in models])
        return
    files = sum(len(model.files) for model in models)
    typer.echo(f"{len(models)} models, {files} files: all as they should be.")
    typer.echo(f"They lie in {models_folder()}")


def _open_all() -> list[Model]:
    models = [open_model(name) for name in list_models()]
    if not models:
        raise ModelError(f"There are no models in {models_folder()}.")
    return models


def _describe(model: Model) -> dict[str, object]:
    return {
        "name": model.name,
        "version": model.version,
        "folder": str(model.folder),
        "files": list(model.files),
    }

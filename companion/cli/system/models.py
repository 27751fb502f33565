"""`companion models`: the weights that come with the program."""

from dataclasses import asdict

import typer

from companion.cli.output import Json, print_json
from companion.errors import ModelError
from companion.weights import Model, list_models, models_folder, open_model

app = typer.Typer(
    no_args_is_help=True, help="The models that come with the program.", rich_markup_mode=None
)


@app.command("list")
def print_models(*, as_json: Json = False) -> None:
    """List the models and where they are."""
    models = _open_all(as_json=as_json)
    for model in () if as_json else models:
        typer.echo(f"{model.label:20} {model.folder}")


@app.command()
def verify(*, as_json: Json = False) -> None:
    """Check every file of every model against its hash."""
    models = _open_all(as_json=as_json)
    if not as_json:
        files = sum(len(model.files) for model in models)
        typer.echo(f"{len(models)} models, {files} files: all intact.")
        typer.echo(f"They are in {models_folder()}")


def _open_all(*, as_json: bool) -> list[Model]:
    """Open the models, each of which is checked, and print them where data is wanted."""
    models = [open_model(name) for name in list_models()]
    if not models:
        raise ModelError(f"There are no models in {models_folder()}.")
    if as_json:
        print_json([{**asdict(model), "folder": str(model.folder)} for model in models])
    return models

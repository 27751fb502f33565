"""`companion completion`: the script by which a shell completes commands and options."""

import os
from typing import Annotated, Literal

import typer

from companion.cli.app import PROGRAM, app

VARIABLE = f"_{PROGRAM.upper()}_COMPLETE"  # the shell's script sets it too, to ask for words


Shell = Literal["bash", "zsh", "fish", "powershell"]


def completion(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh, fish or powershell.")],
) -> None:
    """Print a script that completes commands and options with Tab.

    Add the line for your shell to the file that it reads when it starts.

    bash, in ~/.bashrc: source <(companion completion bash)

    zsh, in ~/.zshrc behind compinit: source <(companion completion zsh)

    fish, in config.fish: companion completion fish | source

    PowerShell, in $PROFILE: companion completion powershell | Out-String | iex
    """
    os.environ[VARIABLE] = f"source_{shell}"
    app(prog_name=PROGRAM)

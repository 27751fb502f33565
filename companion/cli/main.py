"""The entry point: runs a command and turns every failure into a sentence and an exit code."""

import logging
import sys
import traceback

from companion.cli.app import PROGRAM, VERBOSE, app, register
from companion.cli.encoding import write_any_character
from companion.cli.output import print_error
from companion.errors import CompanionError

# Without a handler, what goes wrong before the log is started would be printed by logging.
logging.getLogger("companion").addHandler(logging.NullHandler())


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    write_any_character()
    arguments = sys.argv[1:] if arguments is None else arguments
    verbose = any(word in VERBOSE for word in arguments)
    try:
        words = [word for word in arguments if word not in VERBOSE]
        register(words)
        app(words, prog_name=PROGRAM)
    except CompanionError as error:
        _fail(error, verbose=verbose)
    except Exception as error:  # the last resort: no traceback for a user
        logging.getLogger(__name__).exception("unexpected")
        wrapped = CompanionError(f"Unexpected {type(error).__name__}: {error}.")
        wrapped.__cause__ = error
        _fail(wrapped, verbose=verbose)


def _fail(error: CompanionError, *, verbose: bool) -> None:
    if verbose:
        traceback.print_exception(error)
    print_error(error)
    raise SystemExit(error.exit_code)

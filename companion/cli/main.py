"""The entry point: runs a command and turns every failure into a sentence and an exit code."""

import logging
import sys
import traceback

from companion.cli.app import PROGRAM, VERBOSE, app, register
from companion.cli.encoding import open_closed_streams, write_any_character
from companion.cli.output import drop_output, is_of_output, print_error
from companion.errors import CompanionError

# Without a handler, what goes wrong before the log is started would be printed by logging.
logging.getLogger("companion").addHandler(logging.NullHandler())


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    open_closed_streams()
    write_any_character()
    arguments = sys.argv[1:] if arguments is None else arguments
    verbose = any(word in VERBOSE for word in arguments)
    try:
        words = [word for word in arguments if word not in VERBOSE]
        register(words)
        app(words, prog_name=PROGRAM)
    except CompanionError as error:
        _fail(error, verbose=verbose)
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback for a user
        wrapped = _wrap(error)
        wrapped.__cause__ = error
        _fail(wrapped, verbose=verbose)


def _wrap(error: Exception) -> CompanionError:
    if isinstance(error, OSError) and is_of_output(error):
        drop_output()
        problem = f"The output cannot be written: {error.strerror}."
        return CompanionError(problem, "Send it to a place that has room.")
    logging.getLogger(__name__).exception("unexpected")
    return CompanionError(f"Unexpected {type(error).__name__}: {error}.")


def _fail(error: CompanionError, *, verbose: bool) -> None:
    if verbose:
        traceback.print_exception(error)
    print_error(error)
    raise SystemExit(error.exit_code)

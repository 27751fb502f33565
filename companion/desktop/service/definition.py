"""A service's definition in a file, with the mark by which we know our own."""

from pathlib import Path

from companion.errors import ServiceError

MARK = "Written by `companion service install`, which overwrites changes."


def is_ours(text: str) -> bool:
    """Return True if we wrote the definition."""
    return MARK in text


class DefinitionFile:
    """A file that a manager of services reads; writing it makes the folders too.

    Raises (every method):
        ServiceError: it cannot be read, written or removed.
    """

    def __init__(self, file: Path, definition: str) -> None:
        self.file, self.place, self.definition = file, str(file), definition

    def read(self) -> str | None:
        """Read the file; None where there is none."""
        try:
            return self.file.read_text("utf-8", "replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failed("read", error) from error

    def write(self) -> None:
        """Write the definition."""
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text(self.definition, "utf-8", newline="\n")
        except OSError as error:
            raise self._failed("written", error) from error

    def remove(self) -> None:
        """Remove the file."""
        try:
            self.file.unlink()
        except OSError as error:
            raise self._failed("removed", error) from error

    def _failed(self, done: str, error: OSError) -> ServiceError:
        return ServiceError(
            f"{self.file} cannot be {done}: {error.strerror}.",
            "Make the file and its folder writable, then run the command again.",
        )

"""The models that come with the program: find them, check their hashes, load them.

A model is a folder `models/NAME/` with `metrics.json`, `card.md`, and files whose SHA-256 hashes
are in `manifest.json`: {"version": "1", "files": {"weights.safetensors": "..."}}.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion.errors import ModelError

if TYPE_CHECKING:
    import numpy as np

MANIFEST = "manifest.json"
PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Model:
    """A model's folder, all of whose files have the hashes of its manifest."""

    name: str
    version: str
    folder: Path
    files: tuple[str, ...]

    @property
    def label(self) -> str:
        """Name and version, as stored with the model's results."""
        return f"{self.name}/{self.version}"

    def read_json(self, file: str) -> Any:
        """Read one of its JSON files."""
        return json.loads((self.folder / file).read_text("utf-8"))

    def read_tensors(self, file: str = "weights.safetensors") -> dict[str, np.ndarray]:
        """Read its tensors by name."""
        from safetensors.numpy import load_file

        return load_file(self.folder / file)


def models_folder() -> Path:
    """Return `models/`: beside the package in a checkout, inside it in an installed wheel."""
    inside = PACKAGE / "models"
    return inside if inside.is_dir() else PACKAGE.parent / "models"


def list_models(root: Path | None = None) -> list[str]:
    """Return the names of all models that have a manifest, sorted."""
    return sorted(path.parent.name for path in (root or models_folder()).glob(f"*/{MANIFEST}"))


def open_model(name: str, root: Path | None = None) -> Model:
    """Find a model and check every file of it.

    Raises:
        ModelError: the folder, the manifest or a file is missing or damaged.
    """
    folder = (root or models_folder()) / name
    version, files = _read_manifest(name, folder)
    for file, digest in files.items():
        _check(name, folder / file, digest)
    return Model(name, version, folder, tuple(files))


def write_manifest(folder: Path, version: str, files: list[str]) -> None:
    """Write the hashes of a model's files; the training scripts call it last."""
    manifest = {"version": version, "files": {file: _sha256(folder / file) for file in files}}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


def flatten_tree(tree: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Flatten a nested dict of arrays, keys joined by `/`, as safetensors stores it."""
    from flax.traverse_util import flatten_dict  # heavy; who has parameters has flax loaded

    flat: dict[str, np.ndarray] = flatten_dict(tree, sep="/")
    return flat


def unflatten_tree(flat: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Invert `flatten_tree`."""
    from flax.traverse_util import unflatten_dict

    tree: dict[str, Any] = unflatten_dict(flat, sep="/")
    return tree


def _read_manifest(name: str, folder: Path) -> tuple[str, dict[str, str]]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        return str(manifest["version"]), dict(manifest["files"])
    except FileNotFoundError:
        raise ModelError(f"The model {name} is missing: no {folder / MANIFEST}.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"The manifest of the model {name} cannot be read: {error}.") from error


def _check(name: str, file: Path, digest: str) -> None:
    if not file.is_file():
        raise ModelError(f"The model {name} is incomplete: no {file.name}.")
    if _sha256(file) != digest:
        raise ModelError(f"The model {name} is damaged: {file.name} has another hash.")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

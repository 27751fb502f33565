"""Take over the weights of musicnn: python -m training.music.import_musicnn FOLDER.

The folder holds msd.npz and mtt.npz, with the arrays of the original checkpoints by name, and the
LICENSE. Writes models/musicnn, but for its card.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from companion.music.model.musicnn import MODEL, NETWORKS
from companion.weights import models_folder, write_manifest

VERSION = "1"


def import_weights(source: Path, folder: Path) -> None:
    """Write the arrays as safetensors, the licence, and the hashes."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / "LICENSE", folder / "LICENSE")
    files = [f"{name}.safetensors" for name in NETWORKS]
    for name, file in zip(NETWORKS, files, strict=True):
        with np.load(source / f"{name}.npz") as arrays:
            save_file({key: np.ascontiguousarray(arrays[key]) for key in arrays}, folder / file)
        (folder / file).chmod(0o644)
    write_manifest(folder, VERSION, files)


if __name__ == "__main__":
    import_weights(Path(sys.argv[1]), models_folder() / MODEL)

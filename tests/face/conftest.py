from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "face"


@pytest.fixture
def clips() -> Path:
    """The folder of video clips beside the project."""
    folder = DATA / "clips"
    if not folder.is_dir():
        pytest.skip("the data sets are not beside the project")
    return folder

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from companion import __version__


def test_the_package_is_the_command_line(tmp_path: Path) -> None:
    """As a service starts it: no search path, another folder."""
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "companion", "--version"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ended.stdout == f"companion {__version__}\n"

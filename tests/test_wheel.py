"""The built wheel works alone: installed into an empty environment, far from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from companion import __version__
from companion.weights import list_models
from tests.locations import PROJECT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
WITHOUT = {"PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME"}


def run(*words: str | Path, at: Path, **environment: str) -> str:
    """Run a program in a folder; give what it printed."""
    clean = {name: value for name, value in os.environ.items() if name not in WITHOUT}
    done = subprocess.run(  # noqa: S603 - our own programs
        [str(word) for word in words],
        cwd=at,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    words = ("-m", "build", "--wheel", "--no-isolation", "--outdir", folder, PROJECT)
    run(sys.executable, *words, at=folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed command. Its libraries are those of the tests, which saves a download."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", folder / "venv", at=folder)
    scripts = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / "python"
    run(python, "-m", "pip", "install", "--no-deps", "--no-index", wheel, at=folder)
    site = run(python, "-c", "import site; print(site.getsitepackages()[-1])", at=folder).strip()
    # Path files of a folder that is named in one are not read, so the checkout is not seen.
    libraries = sysconfig.get_paths()["purelib"]
    Path(site, "libraries.pth").write_text(f"{libraries}\n", "utf-8")
    return scripts / "companion"


def test_it_has_its_entry_point_and_its_pages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        entry = next(name for name in names if name.endswith("entry_points.txt"))
        assert "companion = companion.cli.main:main" in archive.read(entry).decode()
    assert any(name.endswith("share/man/man1/companion.1") for name in names)
    assert not [name for name in names if name.startswith(("tests", "scripts"))]
    assert any(name.endswith("store/migrations/0001_begin.sql") for name in names)


def test_it_runs_without_the_checkout(program: Path, tmp_path: Path) -> None:
    home = {"COMPANION_HOME": str(tmp_path / "home")}
    assert run(program, "--version", at=tmp_path, **home).strip() == f"companion {__version__}"
    where = run(
        program.with_name("python"),
        "-c",
        "import companion; print(companion.__file__)",
        at=tmp_path,
    )
    assert str(PROJECT) not in where
    pages = program.parent.parent / "share" / "man"
    assert (pages / "man1" / "companion.1").exists()
    models = run(program, "models", "list", at=tmp_path, **home)
    for name in list_models():
        assert name in models
    assert run(program, "config", "init", at=tmp_path, **home)


def test_its_models_load(program: Path, tmp_path: Path) -> None:
    run(program, "models", "verify", at=tmp_path, COMPANION_HOME=str(tmp_path / "home"))

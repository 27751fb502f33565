from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from companion import weights
from companion.affect import Emotion
from companion.store.database import open_database
from companion.store.face import read_baseline
from tests.cli.shell import Run
from tests.face.fakes import grey, models_with_reference, write_video
from tests.face.portrait import head, moved
from tests.locations import FACE_DATA

DATA = FACE_DATA / "clips"


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights that know what neutral faces usually read as."""
    root = models_with_reference(tmp_path)
    monkeypatch.setattr(weights, "models_folder", lambda: root)


@pytest.fixture(scope="module")
def covered() -> np.ndarray:
    """The portrait without its smile: the mouth is smoothed over, so that it rests."""
    picture = head().copy()
    mouth = picture[125:175, 80:160]
    picture[125:175, 80:160] = mouth.mean(axis=(0, 1)).astype(np.uint8)
    return picture


def video(folder: Path, *pictures: np.ndarray, seconds: int = 6) -> Path:
    """Each of the pictures in turn, ten times a second."""
    frames = [pictures[k * len(pictures) // (10 * seconds)] for k in range(10 * seconds)]
    return write_video(folder / "face.avi", frames, rate=10)


@pytest.mark.slow
def test_a_resting_face_is_kept_as_numbers(
    run: Run, home: Path, tmp_path: Path, covered: np.ndarray
) -> None:
    ended = run("calibrate", "--source", video(tmp_path, covered))
    assert ended.code == 0, ended.err
    assert ended.out.startswith("Your resting face in ")
    assert all(emotion.value in ended.out for emotion in Emotion)
    assert ended.out.endswith("Undo it: companion calibrate --reset\n")
    with open_database(home / "state" / "companion.db") as db:
        kept = read_baseline(db)
    assert kept is not None
    assert len(kept[0].log_shares) == 8
    assert kept[0].looks >= 6
    assert not [file for file in home.rglob("*") if file.suffix in (".avi", ".png", ".npy")]


@pytest.mark.slow
def test_as_data_and_once_more_and_undone(
    run: Run, home: Path, tmp_path: Path, covered: np.ndarray
) -> None:
    file = video(tmp_path, covered)
    first = run("calibrate", "--source", file, "--json").data
    assert sum(one["before"] for one in first["emotions"].values()) == pytest.approx(1)
    after = {name: one["after"] for name, one in first["emotions"].items()}
    assert max(after, key=lambda name: after[name]) == "neutral"
    assert run("look", "--source", file, "--json").data["corrected"]
    again = run("calibrate", "--source", file, "--json").data  # uncorrected, as the first was
    assert again == first
    with open_database(home / "state" / "companion.db") as db:
        db.execute("UPDATE baseline SET model = 'face_mood/0'")
    older = run("look", "--source", file, "--json")
    assert not older.data["corrected"]
    assert "Once more: companion calibrate" in older.err
    assert run("calibrate", "--reset", "--json").data == {"forgot": True}
    assert not run("look", "--source", file, "--json").data["corrected"]
    assert run("calibrate", "--reset").out == "There was nothing to forget.\n"


def test_a_smile_is_refused(run: Run, home: Path, tmp_path: Path) -> None:
    ended = run("calibrate", "--source", video(tmp_path, head()))
    assert ended.code == 11
    assert ended.err.startswith("companion: You look smiling: happiness with ")
    assert "do nothing with your face" in ended.err
    assert run("calibrate", "--reset").out == "There was nothing to forget.\n"


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (grey(128, (260, 260)), "No face is to be seen"),
        (moved(head(), light=0.05), "It is too dark"),
        (np.concatenate([head(), head()], axis=1), "More than one face is to be seen"),
    ],
)
def test_no_face_to_take(run: Run, tmp_path: Path, picture: np.ndarray, sentence: str) -> None:
    ended = run("calibrate", "--source", video(tmp_path, picture))
    assert ended.code == 11
    assert sentence in ended.err


def test_too_short_a_look(run: Run, tmp_path: Path, covered: np.ndarray) -> None:
    ended = run("calibrate", "--source", video(tmp_path, covered, seconds=2))
    assert ended.code == 11
    assert "too short" in ended.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--source", "none.mp4"), 10),
        (("--source", "63"), 10),
        (("--seconds", "1"), 2),
        (("--seconds", "100"), 2),
    ],
)
def test_what_cannot_be(run: Run, words: tuple[str, ...], code: int) -> None:
    assert run("calibrate", *words).code == code


def test_weights_without_a_usual_neutral(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = weights.models_folder() / "face_mood"
    (model / "config.json").write_text('{"temperature": 1, "threshold": 0.5}', "utf-8")
    weights.write_manifest(model, "1", ["weights.safetensors", "config.json"])
    ended = run("calibrate", "--source", "63")
    assert ended.code == 6
    assert "usual neutral" in ended.err

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from companion.affect import FEATURES, Emotion
from companion.face.camera import shoot
from companion.store.database import open_database
from companion.store.face.profile import read_profile, read_resting
from companion.weights import open_model
from tests.cli.shell import Run
from tests.face.fakes import grey, write_video
from tests.face.portrait import head, moved
from tests.locations import FACE_DATA

DATA = FACE_DATA / "clips"
LABEL = open_model("face_adaptation").label


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
    assert ended.out.endswith("`companion calibrate --reset` forgets them.\n")
    with open_database(home / "state" / "companion.db") as db:
        kept = read_resting(db, LABEL)
    assert kept is not None
    assert (len(kept.features), kept.calibrated) == (FEATURES, True)
    assert kept.seen >= 6
    assert not [file for file in home.rglob("*") if file.suffix in (".avi", ".png", ".npy")]


@pytest.mark.slow
def test_as_data_and_once_more_and_undone(
    run: Run, home: Path, tmp_path: Path, covered: np.ndarray
) -> None:
    file = video(tmp_path, covered)
    first = run("calibrate", "--source", file, "--json").data
    assert sum(one["before"] for one in first["emotions"].values()) == pytest.approx(1)
    after = {name: one["after"] for name, one in first["emotions"].items()}
    before = {name: one["before"] for name, one in first["emotions"].items()}
    assert after["neutral"] >= before["neutral"]
    assert first["examples"] == []
    assert run("look", "--source", file, "--json").data["adapted"]
    again = run("calibrate", "--source", file, "--json").data  # not adapted, as the first was
    assert again == first
    with open_database(home / "state" / "companion.db") as db:
        db.execute("UPDATE resting_face SET model = 'face_adaptation/0'")
    assert not run("look", "--source", file, "--json").data["adapted"]
    assert run("calibrate", "--reset", "--json").data == {"forgot": True}
    assert not run("look", "--source", file, "--json").data["adapted"]
    assert run("calibrate", "--reset").out == "There was nothing to forget.\n"


def test_a_smile_is_refused(run: Run, home: Path, tmp_path: Path) -> None:
    ended = run("calibrate", "--source", video(tmp_path, head()))
    assert ended.code == 11
    assert ended.err.startswith("companion: You look smiling: happiness with ")
    assert "relax your face" in ended.err
    assert run("calibrate", "--reset").out == "There was nothing to forget.\n"


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (grey(128, (260, 260)), "No face is visible"),
        (moved(head(), light=0.05), "It is too dark"),
        (np.concatenate([head(), head()], axis=1), "More than one face is visible"),
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


@pytest.mark.slow
def test_moods_are_shown_after_rest_and_each_can_be_skipped(
    run: Run, home: Path, tmp_path: Path, covered: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest, smile = video(tmp_path, covered), write_video(tmp_path / "smile.avi", [head()] * 60, 10)
    answers = iter(["", "s", "s", ""])  # begin, skip, skip, begin
    shown: list[Path] = []

    def asked(question: str, **_: object) -> str:
        answer = next(answers)
        shown.append(smile if "happiness" in question else rest)
        return answer

    def shot(_: object, seconds: float) -> object:
        return shoot(shown[-1] if shown else rest, seconds)

    monkeypatch.setattr("typer.prompt", asked)
    monkeypatch.setattr("companion.face.camera.shoot", shot)
    ended = run("calibrate", "--moods", "--source", rest, "--json", "--seconds", "6")
    assert ended.code != 0 or ended.data["examples"] == ["happiness"], ended.err
    with open_database(home / "state" / "companion.db") as db:
        assert [one.emotion for one in read_profile(db, LABEL).examples] == ["happiness"]

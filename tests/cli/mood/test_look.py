from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import pytest

from companion.face import follow as follow_module
from companion.face.camera import Shot
from companion.face.follow import Moment
from companion.face.read import FaceReader
from tests.cli.shell import Run
from tests.face.fakes import grey, write_video
from tests.face.portrait import webcam
from tests.locations import FACE_DATA

DATA = FACE_DATA / "clips"


@pytest.fixture(scope="module")
def smile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a second of nobody, then half a second of a smile."""
    file = tmp_path_factory.mktemp("videos") / "smile.avi"
    empty = [grey(128, webcam(1)[0].shape[:2])] * 5
    return write_video(file, [*empty, *webcam(5)], rate=10)


def test_the_mood_over_time_in_a_terminal(run: Run, smile: Path) -> None:
    ended = run("look", "--source", smile)
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0] == "smile.avi: 10 readings in 0.9 s"
    assert "  happiness  ·····█████" in lines
    assert lines[-2].split()[:6] == ["0.00", "s", "0.50", "s", "(no", "face)"]
    assert lines[-2].endswith("a face in 0 of 2 frames")
    assert lines[-1].split()[:5] == ["0.50", "s", "0.90", "s", "happiness"]
    assert max(map(len, lines)) <= 80


def test_the_mood_over_time_as_data(run: Run, smile: Path) -> None:
    data = run("look", "--source", smile, "--json").data
    assert (data["source"], data["adapted"]) == ("smile.avi", False)
    assert data["model"].startswith("face_mood/")
    assert [one["time"] for one in data["moments"]] == [k / 10 for k in range(10)]
    first, last = data["moments"][0], data["moments"][-1]
    assert first["reading"] is None
    assert (first["abstention"], first["detail"]) == ("no_face", "a face in 0 of 1 frames")
    assert last["abstention"] is None
    assert last["reading"]["emotion"] == "happiness"
    assert sum(last["reading"]["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_a_plot_beside_it(run: Run, smile: Path, tmp_path: Path) -> None:
    plot = tmp_path / "mood.png"
    assert run("look", "--source", smile, "--plot", plot).code == 0
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_nothing_is_kept(run: Run, smile: Path, home: Path) -> None:
    run("look", "--source", smile)
    kept = {file.name for file in home.rglob("*") if file.is_file()}
    assert not [name for name in kept if name.endswith((".avi", ".png", ".jpg", ".npy"))]


def test_a_part_of_it(run: Run, smile: Path) -> None:
    data = run("look", "--source", smile, "--seconds", "0.5", "--json").data
    assert 1 <= len(data["moments"]) <= 5


def test_ctrl_c_shows_what_was_seen_until_then(
    run: Run, smile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow = follow_module.follow

    def interrupted(reader: FaceReader, shots: Iterable[Shot]) -> Iterator[Moment]:
        for number, moment in enumerate(follow(reader, shots)):
            if number == 3:
                raise KeyboardInterrupt
            yield moment

    monkeypatch.setattr(follow_module, "follow", interrupted)
    ended = run("look", "--source", smile, "--json")
    assert ended.code == 0
    assert len(json.loads(ended.out)["moments"]) == 3


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--source", "none.mp4"), 10, "There is no file none.mp4."),
        (("--source", __file__), 10, "is not a readable video."),
        (("--source", "63"), 10, "There is no camera 63."),
        (("--source", "63", "--plot", "mood.txt"), 2, "A plot cannot be written as mood.txt."),
        (("--source", "63", "--plot", "none/mood.png"), 2, "There is no folder none."),
        (("--source", "63", "--seconds", "0"), 2, ""),
    ],
)
def test_what_cannot_be_looked_at(
    run: Run, words: tuple[str, ...], code: int, sentence: str
) -> None:
    ended = run("look", *words)
    assert ended.code == code
    assert sentence in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.slow
@pytest.mark.data
def test_a_smile_between_two_neutrals(run: Run, tmp_path: Path) -> None:
    if not DATA.is_dir():
        pytest.skip("the data sets are not beside the project")
    plot = tmp_path / "mood.png"
    ended = run("look", "--source", DATA / "single_face.mp4", "--plot", plot)
    *_, spans = ended.out.split("arousal\n")
    moods = [line.split(" s  ")[-1].split("  ")[0].strip() for line in spans.splitlines()]
    named = [mood.removeprefix("perhaps ") for mood in moods if mood[0] != "("]
    assert [mood for mood, _ in groupby(named)] == ["neutral", "happiness", "neutral"]
    assert "happiness" in moods  # without a perhaps, at its height
    assert plot.stat().st_size > 10_000

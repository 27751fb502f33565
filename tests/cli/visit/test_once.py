from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from companion.cli.camera import parse_source
from companion.cli.home import open_home
from companion.demo.portrait import portrait_frames
from companion.face import camera
from companion.face.camera import Frame
from companion.store.database import open_database
from companion.store.history.visits import last_visit
from tests.cli.shell import ADD, HAPPY, SAD, Run, Stage
from tests.locations import FACE_DATA

DATA = FACE_DATA / "clips"
SIZE = (640, 480)
RATE = 8.0
FRAMES = 24


def write_video(file: Path, frames: list[Frame]) -> Path:
    video = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"mp4v"), RATE, SIZE)
    for frame in frames:
        video.write(np.ascontiguousarray(frame[..., ::-1]))
    video.release()
    return file


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frames = portrait_frames()
    return write_video(tmp_path_factory.mktemp("video") / "face.mp4", [*frames, *frames])


@pytest.fixture
def ready(signed_in: Stage) -> Stage:
    """Signed in, something plays, and the whole library is happy."""
    signed_in.play()
    signed_in.tag_all(HAPPY)
    return signed_in


def adds(stage: Stage) -> int:
    return stage.spotify.count(*ADD)


NO_CAMERA = "63"


def test_a_face_queues_one_track(run: Run, ready: Stage, face: Path) -> None:
    ended = run("once", "--source", face)
    assert ended.code == 0
    assert adds(ready) == 1
    (queued,) = ready.spotify.player.queued()
    assert queued.uri in {track.uri for track in ready.spotify.library.tracks}
    assert "Face    " in ended.out
    assert "Queued: " in ended.out.splitlines()[-1]
    assert (ready.rows("queue_entries"), ready.rows("readings")) == (1, 1)
    again = run("once", "--source", face)
    assert "own track waiting" in again.out
    assert adds(ready) == 1


def test_json(run: Run, ready: Stage, face: Path) -> None:
    data = run("once", "--source", face, "--json").data
    (queued,) = ready.spotify.player.queued()
    assert (data["outcome"], data["reason"]) == ("queued", "queued")
    assert data["chosen"]["uri"] == queued.uri
    assert data["chosen"] in data["best"]
    assert len(data["best"]) == 4
    assert sum(data["reading"]["probabilities"].values()) == pytest.approx(1, abs=1e-4)
    assert data["reading"]["emotion"] == "happiness"
    for place in (data["reading"], data["mood"], data["target"], data["chosen"]):
        assert -1 <= place["valence"] <= 1
        assert -1 <= place["arousal"] <= 1


def test_a_dry_run_asks_nothing_and_stores_nothing(run: Run, ready: Stage, face: Path) -> None:
    ended = run("once", "--source", face, "--dry-run")
    assert ended.code == 0
    assert ended.out.splitlines()[-1].startswith("Would queue: ")
    assert run("once", "--source", face, "--dry-run", "--json").data["outcome"] == "dry_run"
    assert len(ready.spotify.requests) == 0
    assert [ready.rows(name) for name in ("queue_entries", "readings", "visits")] == [0, 0, 0]


def test_a_dry_run_needs_no_sign_in(
    run: Run, stage: Stage, face: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.tag_all(HAPPY)
    monkeypatch.delenv("COMPANION_SPOTIFY_CLIENT_ID")
    assert run("once", "--source", face, "--dry-run").code == 0


def test_nothing_fits(run: Run, ready: Stage, face: Path) -> None:
    ready.tag_all(SAD)
    ended = run("once", "--source", face)
    assert ended.code == 0
    assert (
        ended.out.splitlines()[-1] == "Nothing fits: no tagged track is near enough to the target"
    )
    assert adds(ready) == 0


def test_an_untagged_library_opens_no_camera(run: Run, signed_in: Stage) -> None:
    signed_in.play()
    ended = run("once", "--source", NO_CAMERA, "--json")
    assert (ended.code, ended.data["outcome"]) == (0, "nothing_fits")


def test_paused_playback_opens_no_camera(run: Run, ready: Stage) -> None:
    ready.spotify.player.pause()
    ended = run("once", "--source", NO_CAMERA)
    assert (ended.code, ended.out) == (1, "Paused (not playing): Spotify is paused\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("level", "noise", "reason"),
    [(0, 0, "too_dark"), (20, 0, "too_dark"), (128, 60, "no_face")],
    ids=["black", "dim", "noise"],
)
def test_a_video_without_a_face_abstains(
    level: int, noise: int, reason: str, run: Run, ready: Stage, tmp_path: Path
) -> None:
    rng = np.random.default_rng(1)
    shape = (FRAMES, SIZE[1], SIZE[0], 3)
    frames = np.clip(rng.normal(level, noise, shape), 0, 255).astype(np.uint8)
    file = write_video(tmp_path / "empty_room.mp4", list(frames))
    ended = run("once", "--source", file, "--json")
    assert (ended.code, ended.data["outcome"], ended.data["reason"]) == (0, "abstained", reason)
    assert ended.data["chosen"] is None
    assert adds(ready) == ready.rows("queue_entries") == 0


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing.mp4", None, "There is no file {}."),
        ("", None, "{} is not a file."),
        ("empty.mp4", b"", "The file {} is empty."),
        ("text.mp4", b"no video, only words\n" * 50, "The file {} is not a readable video."),
        ("words.txt", b"words\n" * 500, "The file {} is not a readable video."),
        ("list.m3u8", b"#EXTM3U\nface.mp4\n", "The file {} is not a readable video."),
    ],
)
def test_a_source_that_is_no_video(
    name: str, content: bytes | None, sentence: str, run: Run, ready: Stage, tmp_path: Path
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    ended = run("once", "--source", file)
    assert ended.code == 10
    assert ended.err.splitlines()[0] == f"companion: {sentence.format(file)}"
    assert len(ended.err.splitlines()) == 2
    assert adds(ready) == ready.rows("queue_entries") == 0


def test_a_wait_that_spotify_asks_for_is_kept(run: Run, ready: Stage) -> None:
    ready.spotify.faults.add("quota")
    first = run("once", "--source", NO_CAMERA, "--json")
    assert (first.code, first.data["reason"]) == (36, "quota")
    second = run("once", "--source", NO_CAMERA, "--json")
    assert (second.code, second.data["reason"]) == (36, "quota")
    assert ready.spotify.count("GET", "/v1/me/player") == 1


def test_a_failed_look_is_data_too(run: Run, ready: Stage) -> None:
    ended = run("once", "--source", NO_CAMERA, "--json")
    assert (ended.code, ended.data["reason"]) == (10, "camera_missing")


@pytest.mark.parametrize("words", [("once",), ("once", "--dry-run"), ("look",), ("calibrate",)])
def test_a_camera_that_is_missing_was_never_opened(
    words: tuple[str, ...], run: Run, ready: Stage
) -> None:
    assert run(*words, "--source", NO_CAMERA).code == 10
    assert run("history", "--json").data["camera_uses"] == 0


def test_a_file_is_looked_at_before_anything_is_asked(run: Run, stage: Stage) -> None:
    assert run("once", "--source", "missing.mp4", "--dry-run").code == 10
    assert run("demo", "--source", "missing.mp4").code == 10
    assert len(stage.spotify.requests) == 0


def test_ctrl_c_during_the_look(
    run: Run, ready: Stage, face: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(camera, "capture", interrupt)
    ended = run("once", "--source", face)
    assert ended.code == 130
    assert "companion: Interrupted." in ended.err
    assert adds(ready) == ready.rows("queue_entries") == 0


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (None, 7),
        ("0", 0),
        ("12", 12),
        ("face.mp4", Path("face.mp4")),
        ("./0", Path("0")),
        ("-1", Path("-1")),
        ("²", Path("²")),
        ("٣", Path("٣")),
        ("1.5", Path("1.5")),
    ],
)
def test_what_a_source_means(
    text: str | None, source: int | Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPANION_CAMERA_INDEX", "7")
    assert parse_source(text, open_home()) == source


class TestACameraThatTheSettingsKeepShut:
    @pytest.fixture(autouse=True)
    def shut(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COMPANION_CAMERA_ENABLED", "false")

        def open_source(source: object) -> None:
            pytest.fail(f"{source} was opened")

        monkeypatch.setattr(camera, "open_source", open_source)

    def test_a_visit_goes_by_listening(self, run: Run, ready: Stage) -> None:
        ended = run("once")
        assert ended.code == 0
        assert ended.out.startswith("Abstained (low confidence): the camera stays off, and what")
        with open_database(ready.database) as db:
            visit = last_visit(db)
        assert visit is not None
        assert (visit.outcome, visit.camera) == ("low_confidence", False)

    def test_a_mood_that_was_set_by_hand_needs_none(self, run: Run, ready: Stage) -> None:
        run("mood", "happiness")
        assert "Queued: " in run("once").out
        assert adds(ready) == 1

    @pytest.mark.parametrize("words", [("look",), ("calibrate",), ("look", "--source", "0")])
    def test_the_commands_that_look_say_so(self, words: tuple[str, ...], run: Run) -> None:
        ended = run(*words)
        assert ended.code == 10
        assert "companion setup --camera" in ended.err


def test_a_file_needs_no_leave(
    run: Run, ready: Stage, face: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPANION_CAMERA_ENABLED", "false")
    assert "Queued: " in run("once", "--source", face).out


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("single_face.mp4", "queued"),
        ("no_face.mp4", "no_face"),
        ("two_faces.mp4", "several_faces"),  # they are about as wide as each other
    ],
)
def test_a_recorded_look(name: str, reason: str, run: Run, ready: Stage) -> None:
    if not DATA.is_dir():
        pytest.skip("the data sets are not beside the project")
    ended = run("once", "--source", DATA / name, "--json")
    assert ended.code == 0
    assert ended.data["reason"] == reason
    assert adds(ready) == (reason == "queued")

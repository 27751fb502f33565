from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.errors import CameraBusy, CameraError, CameraMissing, SourceUnreadable
from companion.face import camera
from companion.face.camera import (
    Camera,
    Frame,
    Shot,
    Source,
    capture,
    check_source,
    shoot,
    to_rgb,
)
from tests.face.fakes import RATE, FakeCamera, grey, write_video

Make = Callable[[Sequence[Frame]], tuple[Source, Callable[[Source], Camera]]]


@pytest.fixture
def short_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPEN", "FRAME", "CLOSE"):
        monkeypatch.setattr(camera, f"{name}_DEADLINE_SECONDS", 0.1)


class CameraContract:
    """The tests that every kind of source must pass."""

    @pytest.fixture
    def make(self, tmp_path: Path) -> Make:
        raise NotImplementedError

    def test_keeps_eight_frames_of_a_second(self, make: Make) -> None:
        source, opener = make([grey(100)] * 90)
        frames = list(capture(source, 2, opener))
        assert len(frames) == 16
        assert frames[0].shape == (48, 64, 3)
        assert frames[0].dtype == np.uint8

    def test_reads_red_first(self, make: Make) -> None:
        red = grey(0)
        red[..., 0] = 250
        source, opener = make([red] * 9)
        frame = next(capture(source, 2, opener))
        assert frame[..., 0].mean() > 200
        assert frame[..., 2].mean() < 60

    def test_drops_frames_until_the_exposure_settles(self, make: Make) -> None:
        rising = [grey(level) for level in range(0, 160, 8)]
        source, opener = make(rising + [grey(160)] * 60)
        assert all(abs(frame.mean() - 160) < 4 for frame in capture(source, 1, opener))

    def test_gives_up_waiting_for_a_light_that_flickers(self, make: Make) -> None:
        source, opener = make([grey(60 + 100 * (k % 2)) for k in range(120)])
        assert len(list(capture(source, 1, opener))) == 8

    @pytest.mark.parametrize("dark_seconds", [0.2, 1.3, 1.9])
    def test_waits_for_the_light_within_the_looks_time(
        self, make: Make, dark_seconds: float
    ) -> None:
        dark = [grey(4)] * int(dark_seconds * RATE)
        rising = [grey(level) for level in range(20, 120, 10)]
        source, opener = make(dark + rising + [grey(120)] * 80)
        frames = list(capture(source, 2, opener))
        assert len(frames) == 16
        assert all(abs(frame.mean() - 120) < 4 for frame in frames)

    def test_a_look_in_the_dark_is_as_long_as_any(self, make: Make) -> None:
        source, opener = make([grey(4)] * 75 + [grey(120)] * 60)
        frames = list(capture(source, 2, opener))
        assert len(frames) == 16
        assert all(frame.mean() < 10 for frame in frames)

    def test_a_light_that_goes_out_later_is_part_of_the_look(self, make: Make) -> None:
        source, opener = make([grey(120)] * 30 + [grey(4)] * 60)
        frames = list(capture(source, 2, opener))
        assert len(frames) == 16
        assert {frame.mean() > 60 for frame in frames} == {True, False}

    @pytest.mark.usefixtures("short_deadlines")
    def test_leaves_one_frame_of_a_source_that_ends_while_settling(self, make: Make) -> None:
        source, opener = make([grey(50), grey(90)])
        frames = list(capture(source, 2, opener))
        assert [round(float(frame.mean()), -1) for frame in frames] == [90]

    @pytest.mark.usefixtures("short_deadlines")
    def test_reads_all_without_a_limit(self, make: Make) -> None:
        source, opener = make([grey(level) for level in range(0, 240, 2)])
        frames = list(capture(source, None, opener))
        assert len(frames) == 32  # 120 frames at 30 a second: four seconds
        assert frames[0].mean() < 5


class TestFakeCamera(CameraContract):
    @pytest.fixture
    def make(self) -> Make:
        return lambda frames: (0, FakeCamera(frames).open)


class TestVideoFile(CameraContract):
    @pytest.fixture
    def make(self, tmp_path: Path) -> Make:
        return lambda frames: (write_video(tmp_path / "video.avi", frames), camera.open_source)


def _never(_source: Source) -> Camera:
    threading.Event().wait()
    raise AssertionError


@pytest.mark.usefixtures("short_deadlines")
class TestMisbehaving:
    def test_hangs_while_opening(self) -> None:
        start = time.monotonic()
        with pytest.raises(CameraBusy, match=r"Camera 3 did not answer within 0\.1 seconds"):
            list(capture(3, 2, _never))
        assert time.monotonic() - start < 2

    def test_opens_too_late_and_is_released_then(self) -> None:
        fake, ready = FakeCamera([grey(100)]), threading.Event()

        def late(_source: Source) -> Camera:
            ready.wait()
            return fake

        with pytest.raises(CameraBusy):
            list(capture(0, 2, late))
        assert not fake.closed.is_set()
        ready.set()
        assert fake.closed.wait(2)

    def test_hangs_in_the_middle(self) -> None:
        stuck = threading.Event()

        def hang(count: int) -> None:
            if count == 20:
                stuck.wait()

        fake = FakeCamera([grey(100)] * 60, before=hang)
        with pytest.raises(CameraBusy, match="did not answer"):
            list(capture(0, 2, fake.open))
        stuck.set()
        assert fake.closed.wait(2)

    def test_ends_in_the_middle_with_the_frames_it_gave(self) -> None:
        fake = FakeCamera([grey(100)] * 20)
        assert 1 <= len(list(capture(0, 2, fake.open))) < 16
        assert fake.closed.is_set()

    def test_gives_no_frame(self) -> None:
        fake = FakeCamera([])
        with pytest.raises(CameraBusy, match="gave no picture"):
            list(capture(0, 2, fake.open))
        assert fake.closed.is_set()

    def test_hangs_with_the_stderr_as_it_was(self, capfd: pytest.CaptureFixture[str]) -> None:
        stuck = threading.Event()

        def hang(_source: Source) -> Camera:
            stuck.wait()
            raise CameraMissing("Too late.")

        with pytest.raises(CameraBusy):
            list(capture(3, 2, hang))
        os.write(2, b"seen")
        stuck.set()
        assert capfd.readouterr().err == "seen"

    def test_breaks(self) -> None:
        def fail(_count: int) -> None:
            raise CameraBusy("It broke.")

        fake = FakeCamera([grey(100)], before=fail)
        with pytest.raises(CameraBusy, match="It broke"):
            list(capture(0, 2, fake.open))
        assert fake.closed.is_set()

    def test_black_frames_are_frames(self) -> None:
        assert len(list(capture(0, 2, FakeCamera([grey(0)] * 99).open))) == 16

    @pytest.mark.parametrize("level", [9, 99])
    def test_slow_camera_gives_what_it_has(self, level: int) -> None:
        assert len(list(capture(0, 2, FakeCamera([grey(level)] * 99, rate=3).open))) == 6


class SomeFramesMissing(FakeCamera):
    """Gives nothing at the reads of these numbers, and odd frames at others."""

    def __init__(self, nothing: set[int], odd: dict[int, np.ndarray] | None = None) -> None:
        super().__init__([grey(100)] * 200)
        self.nothing = nothing
        self.odd = odd or {}
        self.reads = -1

    def read(self) -> Shot | None:
        self.reads += 1
        if self.reads in self.nothing:
            return None
        shot = super().read()
        odd = self.odd.get(self.reads)
        return shot if odd is None or shot is None else Shot(shot.time, odd)


@pytest.mark.parametrize(
    "nothing", [{0}, {0, 1, 2}, {20}, {0, 20, 21, 40}, set(range(0, 200, 2)), set(range(5))]
)
def test_a_webcam_that_gives_no_frame_is_asked_again(nothing: set[int]) -> None:
    fake = SomeFramesMissing(nothing)
    assert len(list(capture(0, 2, fake.open))) == 16
    assert fake.closed.is_set()


@pytest.mark.parametrize(
    "odd",
    [
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((0, 64, 3), np.uint8),
        np.zeros((48, 64), np.uint8),
        np.zeros((48, 64, 4), np.uint8),
        np.zeros((48, 64, 3), np.uint16),
        np.zeros((48, 64, 3), np.float32),
    ],
)
def test_odd_frames_are_passed_over(odd: np.ndarray) -> None:
    fake = SomeFramesMissing(set(), dict.fromkeys((0, 1, 20, 40), odd))
    frames = list(capture(0, 2, fake.open))
    assert 14 <= len(frames) <= 16
    assert {(frame.shape, frame.dtype.name) for frame in frames} == {((48, 64, 3), "uint8")}


def test_nothing_for_good_is_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "FRAME_DEADLINE_SECONDS", 0.3)
    fake = SomeFramesMissing(set(range(10_000)))
    start = time.monotonic()
    with pytest.raises(CameraBusy, match="gave no picture"):
        list(capture(0, 2, fake.open))
    assert 0.3 <= time.monotonic() - start < 2
    assert 2 < fake.reads < 50  # it does not keep a core busy


class FakeVideo:
    """OpenCV's side of a webcam."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def read(self) -> tuple[bool, object]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer is not None, answer

    def release(self) -> None:
        pass


GOOD = np.full((48, 64, 3), 100, np.uint8)


@pytest.mark.parametrize(
    "odd",
    [
        cv2.error("a frame that is no JPEG"),
        None,
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((48, 64, 2), np.uint8),
        np.zeros((48, 64, 3), np.float64),
        "text",
    ],
    ids=str,
)
def test_a_webcam_of_opencv_with_odd_frames(odd: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: FakeVideo(odd, odd, GOOD))
    assert next(capture(0, 0.2)).shape == (48, 64, 3)


@pytest.mark.parametrize(
    ("frame", "pixel"),
    [
        (np.array([[[1, 2, 3]]], np.uint8), (3, 2, 1)),
        (np.array([[[1, 2, 3, 9]]], np.uint8), (3, 2, 1)),
        (np.array([[7]], np.uint8), (7, 7, 7)),
        (np.array([[[7]]], np.uint8), (7, 7, 7)),
        (np.array([[[256, 512, 65_535]]], np.uint16), (255, 2, 1)),
        (np.array([[40_000]], np.uint16), (156, 156, 156)),
    ],
)
def test_frames_of_other_kinds_become_rgb(frame: np.ndarray, pixel: tuple[int, int, int]) -> None:
    rgb = to_rgb(frame)
    assert rgb is not None
    assert (rgb.shape, rgb.dtype.name, rgb[0, 0].tolist()) == ((1, 1, 3), "uint8", list(pixel))
    assert rgb.flags["C_CONTIGUOUS"]


@pytest.mark.parametrize("number", [63, 10**6, 2**31, 2**40, 2**70])
def test_a_camera_number_that_cannot_be(number: int) -> None:
    with pytest.raises(CameraMissing, match=f"There is no camera {number}"):
        list(capture(number, 2))


@pytest.mark.skipif(sys.platform == "win32", reason="names are Unicode there")
class TestOddNames:
    def test_a_name_that_is_not_utf_8(self, tmp_path: Path) -> None:
        plain = write_video(tmp_path / "video.avi", [grey(100)] * 90)
        odd = plain.rename(Path(os.fsdecode(bytes(tmp_path) + b"/v\xe9\xff.avi")))
        assert len(list(capture(odd, 2))) == 16

    def test_a_missing_file_of_such_a_name(self, tmp_path: Path) -> None:
        odd = Path(os.fsdecode(bytes(tmp_path) + b"/v\xe9.avi"))
        with pytest.raises(SourceUnreadable, match=r"v\\xe9\.avi") as raised:
            list(capture(odd, 2))
        str(raised.value).encode()  # so it can be shown

    @pytest.mark.parametrize(
        "name", ["http:/127.0.0.1:9/a.avi", "concat:a.avi|b.avi", "file:a.avi", "pipe:0", "0"]
    )
    @pytest.mark.parametrize("there", [True, False])
    def test_names_that_look_like_addresses_are_files(
        self, name: str, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        plain = write_video(tmp_path / "a.avi", [grey(100)] * 90)
        if there:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            plain.rename(name)
            assert len(list(capture(Path(name), 2))) == 16
        else:
            with pytest.raises(SourceUnreadable, match="There is no file"):
                list(capture(Path(name), 2))

    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.avi")
        with pytest.raises(SourceUnreadable, match="is not a file"):
            check_source(tmp_path / "pipe.avi")


def test_releases_at_once_when_the_caller_stops() -> None:
    fake = FakeCamera([grey(100)] * 99)
    frames = capture(0, 2, fake.open)
    next(frames)
    assert not fake.closed.is_set()
    frames.close()  # type: ignore[attr-defined] # an iterator that is a generator
    assert fake.closed.is_set()


def test_releases_at_once_when_interrupted() -> None:
    fake = FakeCamera([grey(100)] * 99)

    def look() -> None:
        for _ in capture(0, 2, fake.open):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        look()
    assert fake.closed.wait(2)


@given(rate=st.floats(1, 120), seconds=st.floats(0.5, 4))
def test_never_keeps_more_than_eight_a_second(rate: float, seconds: float) -> None:
    fake = FakeCamera([grey(100, (2, 2))] * 700, rate=rate)
    assert 1 <= len(list(capture(0, seconds, fake.open))) <= seconds * 8 + 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing.mp4", None, "There is no file .*missing.mp4"),
        ("empty.mp4", b"", "is empty"),
        ("text.mp4", b"no video\n" * 99, "is not a readable video"),
        ("text.txt", b"no video\n" * 99, "is not a readable video"),
        ("noise.avi", bytes(range(256)) * 50, "is not a readable video"),
        (
            "list.m3u8",
            b"#EXTM3U\n#EXTINF:2,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
            "is not a readable video",
        ),
        ("cut.avi", b"RIFF\x00\x10\x00\x00AVI LIST", "is not a readable video"),
        ("a%03d.mp4", b"", "is empty"),
    ],
)
def test_file_that_is_no_video(
    name: str,
    content: bytes | None,
    sentence: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SourceUnreadable, match=sentence) as raised:
        list(capture(file, 2))
    assert str(raised.value).count(".\n") == 0
    assert capfd.readouterr().err == ""


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="is not a file"):
        list(capture(tmp_path, 2))


def test_no_such_camera(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CameraMissing, match="There is no camera 63"):
        list(capture(63, 2))
    assert capfd.readouterr().err == ""


def test_errors_are_all_camera_errors() -> None:
    assert issubclass(SourceUnreadable, CameraError)
    assert {CameraBusy.exit_code, CameraMissing.exit_code, SourceUnreadable.exit_code} == {10}


def test_a_file_takes_no_time_to_play(tmp_path: Path) -> None:
    file = write_video(tmp_path / "long.avi", [grey(100)] * 300, RATE)
    start = time.monotonic()
    assert len(list(capture(file, None))) == 80
    assert time.monotonic() - start < 5


@pytest.mark.usefixtures("short_deadlines")
@pytest.mark.parametrize(
    ("rate", "count"), [(30.0, 60), (60.0, 60), (15.0, 30), (8.0, 16), (1.0, 2)]
)
def test_shots_come_at_any_rate_with_their_times(rate: float, count: int) -> None:
    fake = FakeCamera([grey(100)] * 60, rate=30)
    shots = list(shoot(0, None, fake.open, rate))
    assert len(shots) == count
    gaps = np.diff([shot.time for shot in shots])
    assert gaps == pytest.approx(max(1 / rate, 1 / 30), abs=1 / 30)
    assert shots[0].time == 0


def test_shots_of_some_seconds() -> None:
    fake = FakeCamera([grey(100)] * 90, rate=30)
    shots = list(shoot(0, 1, fake.open, 30))
    assert len(shots) == 30
    assert fake.closed.is_set()

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.errors import CameraBusy, CameraError, CameraMissing, SourceUnreadable
from companion.face import camera
from companion.face.camera import Camera, Frame, Source, capture, shoot
from tests.face.fakes import RATE, FakeCamera, grey, write_video

Make = Callable[[Sequence[Frame]], tuple[Source, Callable[[Source], Camera]]]


class CameraContract:
    """What holds for each kind of source."""

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

    def test_leaves_one_frame_of_a_source_that_ends_while_settling(self, make: Make) -> None:
        source, opener = make([grey(10), grey(90)])
        frames = list(capture(source, 2, opener))
        assert [round(float(frame.mean()), -1) for frame in frames] == [90]

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


@pytest.fixture
def short_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPEN_DEADLINE", "FRAME_DEADLINE", "CLOSE_DEADLINE"):
        monkeypatch.setattr(camera, name, 0.1)


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

    def test_breaks(self) -> None:
        def fail(_count: int) -> None:
            raise CameraBusy("It broke.")

        fake = FakeCamera([grey(100)], before=fail)
        with pytest.raises(CameraBusy, match="It broke"):
            list(capture(0, 2, fake.open))
        assert fake.closed.is_set()

    def test_black_frames_are_frames(self) -> None:
        assert len(list(capture(0, 2, FakeCamera([grey(0)] * 99).open))) == 16

    def test_slow_camera_gives_what_it_has(self) -> None:
        assert len(list(capture(0, 2, FakeCamera([grey(9)] * 99, rate=3).open))) == 6


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
        ("text.mp4", b"no video\n" * 99, "is no video"),
        ("text.txt", b"no video\n" * 99, "is no video"),
        ("noise.avi", bytes(range(256)) * 50, "is no video"),
        (
            "list.m3u8",
            b"#EXTM3U\n#EXTINF:2,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
            "is no video",
        ),
        ("cut.avi", b"RIFF\x00\x10\x00\x00AVI LIST", "is no video"),
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

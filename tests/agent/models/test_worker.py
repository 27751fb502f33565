from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

import companion.agent.models.worker as worker_module
from companion.affect import KeptFeatures
from companion.agent.models.messages import Look
from companion.agent.models.worker import Worker
from companion.errors import CameraMissing, ClipDamaged, Interrupted, WorkerLost
from tests.agent.fake_work import BRIGHT, CAMERA_VARIABLE, COMMAND, HAPPY
from tests.agent.live import ROOT, wait_until
from tests.face.fakes import write_video
from tests.face.portrait import webcam

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the fake camera is a locked file")

DESCENDANTS = """
import sys
from datetime import timedelta
from pathlib import Path
from companion.agent.models.messages import Look
from companion.agent.models.worker import Worker
from tests.agent.fake_work import COMMAND
worker = Worker(Path(sys.argv[1]), lambda: timedelta(minutes=1), COMMAND)
worker.look(Look(Path("happy"), 2.0))
print(worker.pid, flush=True)
worker.look(Look(Path("hang"), 2.0))
"""


@pytest.fixture(autouse=True)
def camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv(CAMERA_VARIABLE, str(tmp_path / "camera"))
    return tmp_path / "camera"


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    made = Worker(tmp_path, lambda: timedelta(minutes=1), COMMAND)
    yield made
    made.stop()


def look(what: str) -> Look:
    return Look(Path(what), 2.0)


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_nothing_runs_before_the_first_question(worker: Worker) -> None:
    assert worker.pid is None


def test_one_process_answers_one_question_after_the_other(worker: Worker) -> None:
    assert worker.look(look("happy")) == HAPPY
    first = worker.pid
    assert worker.tag(b"a clip") == BRIGHT
    assert worker.tag_features(KeptFeatures(1, b"heard")) == BRIGHT
    with pytest.raises(ClipDamaged):
        worker.tag_features(KeptFeatures(1, b"damaged"))
    assert worker.look(look("babble")) == HAPPY  # what libraries print is no answer
    assert worker.pid == first


def test_it_has_a_low_priority_and_few_threads(worker: Worker) -> None:
    worker.look(look("happy"))
    assert worker.pid
    process = psutil.Process(worker.pid)
    assert process.nice() > psutil.Process().nice()
    assert process.environ()["OMP_NUM_THREADS"] == "1"
    assert "COMPANION" not in "".join(process.cmdline()[1:])


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("crash", "died of signal 6"),
        ("memory", "ran out of memory"),
        ("odd", "failed: ValueError: an odd value"),
        ("hang", "did not answer"),
    ],
)
def test_a_failure_costs_one_question(
    what: str, words: str, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worker.look(look("happy")) == HAPPY
    monkeypatch.setattr(worker_module, "LOOK_SECONDS", -1.5)  # with the look: half a second
    first = worker.pid
    with pytest.raises(WorkerLost, match=words):
        worker.look(look(what))
    monkeypatch.undo()
    assert worker.look(look("happy")) == HAPPY
    assert worker.pid != first
    assert first
    assert gone(first)


def test_an_error_of_the_camera_keeps_the_worker(worker: Worker) -> None:
    with pytest.raises(CameraMissing, match="no camera 0"):
        worker.look(look("missing"))
    first = worker.pid
    assert worker.look(look("happy")) == HAPPY
    assert worker.pid == first


def test_one_killed_between_two_questions_costs_none(worker: Worker) -> None:
    worker.look(look("happy"))
    assert worker.pid
    first = psutil.Process(worker.pid)
    first.kill()
    time.sleep(0.3)  # until the last of its threads has ended
    assert worker.look(look("happy")) == HAPPY


def test_it_outlives_the_thread_that_asked_first(worker: Worker) -> None:
    thread = threading.Thread(target=worker.look, args=(look("happy"),))
    thread.start()
    thread.join()
    first = worker.pid
    time.sleep(0.2)
    assert worker.look(look("happy")) == HAPPY
    assert worker.pid == first


def test_after_its_rest_it_is_gone(tmp_path: Path) -> None:
    worker = Worker(tmp_path, lambda: timedelta(seconds=0.2), COMMAND)
    worker.look(look("happy"))
    first = worker.pid
    assert first
    wait_until(lambda: worker.pid is None and gone(first))
    assert worker.look(look("happy")) == HAPPY
    worker.stop()


def test_a_question_interrupts_the_rest(tmp_path: Path) -> None:
    worker = Worker(tmp_path, lambda: timedelta(seconds=0.5), COMMAND)
    worker.look(look("happy"))
    first = worker.pid
    for _ in range(4):
        time.sleep(0.25)
        worker.look(look("happy"))
    assert worker.pid == first
    worker.stop()


def test_after_a_stop_nothing_is_started(worker: Worker) -> None:
    worker.look(look("happy"))
    worker.stop()
    assert worker.pid is None
    with pytest.raises(Interrupted):
        worker.look(look("happy"))


def test_a_stop_ends_a_look_and_lets_go_of_the_camera(
    worker: Worker, camera: Path, in_thread: Callable[[Callable[[], object]], None]
) -> None:
    worker.look(look("happy"))
    errors: list[BaseException] = []

    def hang() -> None:
        try:
            worker.look(look("hang"))
        except Interrupted as error:
            errors.append(error)

    in_thread(hang)
    wait_until(lambda: is_open(camera))
    began = time.monotonic()
    worker.stop()
    assert time.monotonic() - began < 1.5
    wait_until(lambda: errors and not is_open(camera))


def test_a_worker_ends_with_its_parent(tmp_path: Path, camera: Path) -> None:
    parent = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", DESCENDANTS, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        wait_until(lambda: is_open(camera))
        parent.kill()
    wait_until(lambda: gone(pid) and not is_open(camera), 3)


def test_starts_and_ends_are_logged(worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "companion")
    worker.look(look("happy"))
    worker.end()
    assert [record.getMessage().split()[-1] for record in caplog.records] == ["started", "ended"]


@pytest.mark.parametrize(
    ("what", "words"),
    [("crash", "Fatal Python error: Aborted"), ("odd", "raise ValueError"), ("memory", "in act")],
)
def test_the_traceback_of_a_failure_is_logged(
    what: str, words: str, worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(WorkerLost):
        worker.look(look(what))
    (record,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert words in record.getMessage()


def test_a_question_that_comes_as_the_rest_ends_is_answered(tmp_path: Path) -> None:
    worker = Worker(tmp_path, lambda: timedelta(seconds=0.02), COMMAND)
    for _ in range(30):
        assert worker.look(look("happy")) == HAPPY
        time.sleep(0.019)
    worker.stop()


def is_open(camera: Path) -> bool:
    """Tell whether a process holds the fake camera."""
    import fcntl

    with camera.open("ab") as device:
        try:
            fcntl.flock(device, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        return False


@pytest.mark.slow
def test_what_was_compiled_is_kept_for_the_next_worker(tmp_path: Path) -> None:
    video, cache = write_video(tmp_path / "video.avi", webcam()), tmp_path / "cache"
    kept = []
    for _ in range(2):
        worker = Worker(cache, lambda: timedelta(minutes=1))
        reading = worker.look(Look(video, 0.5))
        assert reading.mood
        assert b"numpy" not in pickle.dumps(reading)
        worker.stop()
        kept.append({file.name for file in (cache / "compiled").glob("*-cache")})
    assert kept[0] == kept[1] != set()
    assert any("apply" in name for name in kept[0])

"""The agent's end of the worker process, which has the models, the camera and much memory.

It is started when it is needed, rests a while after its last answer, and is then ended, so
that its memory goes back. One that hangs, dies or fails costs one question: the next one starts
a new process.
"""

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

from companion.affect import FaceReading, KeptFeatures, TrackMood
from companion.agent.models.messages import Answer, Failure, Look, Question, Reply, Tag, TagFeatures
from companion.desktop.load import process_seconds
from companion.errors import CompanionError, Interrupted, WorkerLost

COMMAND = (sys.executable, "-m", "companion.agent.models.worker_process")
START_SECONDS = 60.0  # on a machine that is busy, the libraries take a while to load
LOOK_SECONDS = 20.0  # beyond the look itself: the camera's own deadlines are within
TAG_SECONDS = 60.0
END_SECONDS = 1.0
LONG_REST = timedelta(minutes=5)
LOGGED_LINES = 100  # of a process that died: the last it wrote to stderr

# One thread for each library of numbers: the user's own programs come first.
FEW_THREADS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    # glibc keeps freed memory for each thread that took some: a hundred megabytes of JAX's.
    "MALLOC_ARENA_MAX": "1",
}

_logger = logging.getLogger(__name__)


class Worker:
    """Asks one question at a time. Of two threads, only `stop` may come from the other.

    Args:
        cache: where compiled networks are kept, for quicker starts.
        rest: how long the process stays after an answer; a function, as settings change.
        command: what to start; the handle of its connection is added.

    Raises (`look`, `tag` and `tag_features`):
        WorkerLost: the process hung, died or failed.
        CompanionError: what went wrong with the camera, the clip or the model.
    """

    def __init__(
        self, cache: Path, rest: Callable[[], timedelta], command: Sequence[str] = COMMAND
    ) -> None:
        self._cache, self._rest, self._command = cache, rest, command
        self._process: _Process | None = None
        self._resting: threading.Timer | None = None
        self._lock = threading.Lock()  # between a question that begins and a rest that ends
        self._stopped = False

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        process = self._process
        return process.pid if process else None

    @property
    def cpu_seconds(self) -> float:
        """The CPU time of the present process; 0 where there is none."""
        pid = self.pid
        return process_seconds(pid) if pid else 0.0

    def look(self, question: Look) -> FaceReading:
        """Have the face read."""
        answer = self._ask(question, LOOK_SECONDS + question.seconds)
        assert isinstance(answer, FaceReading)  # noqa: S101 - for the types
        return answer

    def tag(self, audio: bytes | Path) -> TrackMood:
        """Have a clip read."""
        return self._mood(Tag(audio))

    def tag_features(self, kept: KeptFeatures) -> TrackMood:
        """Have a clip read that was heard before."""
        return self._mood(TagFeatures(kept))

    def end(self) -> None:
        """End the process, if there is one; the camera is released with it."""
        with self._lock:
            process, self._process = self._process, None
        if process:
            process.end()

    def stop(self) -> None:
        """End it, and start none any more."""
        self._stopped = True
        self._cancel_rest()
        self.end()

    def _mood(self, question: Tag | TagFeatures) -> TrackMood:
        answer = self._ask(question, TAG_SECONDS)
        assert isinstance(answer, TrackMood)  # noqa: S101 - for the types
        return answer

    def _ask(self, question: Question, seconds: float) -> Answer:
        process = self._running()
        try:
            reply = process.ask(question, seconds)
        except WorkerLost as error:
            self.end()
            if self._stopped:
                raise Interrupted("The agent is ending.") from error
            raise
        self._begin_rest()
        if isinstance(reply, CompanionError):
            raise reply
        return reply

    def _running(self) -> "_Process":
        with self._lock:
            self._cancel_rest()
            if self._stopped:
                raise Interrupted("The agent is ending.")
            if self._process and not self._process.alive:
                self._process.end()
                self._process = None
            if self._process is None:
                start = _starter().submit(_Process, self._command, self._environment())
                self._process = start.result()
            return self._process

    def _environment(self) -> Mapping[str, str]:
        caches = {
            "JAX_COMPILATION_CACHE_DIR": str(self._cache / "compiled"),
            # All is kept: the face network takes JAX less than the second it would wait for.
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
            "MPLCONFIGDIR": str(self._cache / "matplotlib"),  # which MediaPipe loads
        }
        return {**os.environ, **FEW_THREADS, **caches}

    def _begin_rest(self) -> None:
        self._resting = threading.Timer(self._rest().total_seconds(), self._end_rested)
        self._resting.daemon = True
        self._resting.start()

    def _cancel_rest(self) -> None:
        if self._resting:
            self._resting.cancel()
            self._resting = None

    def _end_rested(self) -> None:
        with self._lock:
            if self._resting is None:
                return  # a question came just now
            process, self._process = self._process, None
        if process:
            process.end()


@contextlib.contextmanager
def open_workers(
    count: int, cache: Path, command: Sequence[str] = COMMAND
) -> Iterator[list[Worker]]:
    """Workers for the time of a `with`, which end with it; see `Worker`."""
    workers = [Worker(cache, lambda: LONG_REST, command) for _ in range(count)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.stop()


@cache
def _starter() -> Executor:
    """A thread that lasts as long as this process.

    To Linux, the parent of a process is the thread that started it, with whose end it dies.
    """
    return ThreadPoolExecutor(1, "worker starter")


class _Process:
    """A process with a connection that it alone inherits, and a stdin that ends it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._connection, theirs = Pipe()
        self._stderr: deque[bytes] = deque(maxlen=LOGGED_LINES)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [*command, str(theirs.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment,
                **_inheriting(theirs.fileno()),
            )
        self._reader = threading.Thread(target=self._read_stderr, daemon=True)
        self._reader.start()
        self._fresh = True
        _logger.info("worker %d started", self.pid)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, question: Question, seconds: float) -> Answer | CompanionError:
        """Put the question and wait for the answer.

        Raises:
            WorkerLost: it died, failed, or does not answer in time.
        """
        if self._fresh:
            seconds, self._fresh = seconds + START_SECONDS, False
        try:
            self._connection.send(question)
            if not self._connection.poll(seconds):
                raise WorkerLost(f"The worker did not answer within {seconds:.0f} s.")
            reply: Reply = self._connection.recv()
        except (EOFError, OSError):
            raise WorkerLost(f"The worker died{self._cause()}.") from None
        if isinstance(reply, Failure):
            _logger.error("worker %d: %s\n%s", self.pid, reply.problem, reply.traceback)
            raise WorkerLost(reply.problem)
        return reply

    def end(self) -> None:
        """Close its stdin, then kill it: the system releases the camera.

        The connection is left to the garbage collector, as another thread may wait for it.
        """
        try:
            if self._process.stdin:
                self._process.stdin.close()
            self._process.wait(END_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        _logger.info("worker %d ended", self.pid)

    def _cause(self) -> str:
        try:
            code = self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            return ""
        cause = f" of signal {-code}" if code < 0 else f" with code {code}"
        if code:
            _logger.error("worker %d died%s:\n%s", self.pid, cause, self._last_stderr())
        return cause

    def _last_stderr(self) -> str:
        self._reader.join(END_SECONDS)
        return b"".join(self._stderr).decode("utf-8", "replace").strip() or "(it wrote nothing)"

    def _read_stderr(self) -> None:
        if self._process.stderr:
            with self._process.stderr as stderr:
                self._stderr.extend(stderr)


def _inheriting(handle: int) -> dict[str, Any]:
    """The arguments by which a process inherits the handle, and no other."""
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)  # noqa: FBT003 - it takes no name
        return {"startupinfo": subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})}
    return {"pass_fds": [handle]}

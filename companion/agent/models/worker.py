"""The agent's end of the worker process, which has the models, the camera and much memory.

It is started when it is needed, rests a while after its last answer, and is then ended, so
that its memory goes back. One that hangs or dies costs one question: the next one starts a
new process.
"""

from __future__ import annotations

import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import IO

from companion.affect import FaceReading, TrackMood
from companion.agent.models.codec import Answer, Look, Question, Tag, pack_question, unpack_answer
from companion.errors import Interrupted, WorkerLost

COMMAND = (sys.executable, "-m", "companion.agent.models.worker_process")
START_SECONDS = 60.0  # on a machine that is busy, the libraries take a while to load
LOOK_SECONDS = 20.0  # beyond the look itself: the camera's own deadlines are within
TAG_SECONDS = 60.0
END_SECONDS = 1.0

# One thread for each library of numbers: the user's own programs come first.
FEW_THREADS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}

_logger = logging.getLogger(__name__)


class Worker:
    """Asks one question at a time. It belongs to one thread; only `stop` may come from another.

    Args:
        cache: where compiled networks are kept, for quicker starts.
        rest: how long the process stays after an answer; a function, as settings change.
        command: what to start.
    """

    def __init__(
        self, cache: Path, rest: Callable[[], timedelta], command: Sequence[str] = COMMAND
    ) -> None:
        self._cache = cache
        self._rest = rest
        self._command = command
        self._process: _Process | None = None
        self._resting: threading.Timer | None = None
        self._lock = threading.Lock()  # between an ask that begins and a rest that ends
        self._stopped = False

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        process = self._process
        return process.pid if process else None

    def look(self, question: Look) -> FaceReading:
        """Have the face read.

        Raises:
            WorkerLost: the process hung or died.
            CompanionError: what went wrong with the camera or the model.
        """
        answer = self._ask(question, LOOK_SECONDS + question.seconds)
        if not isinstance(answer, FaceReading):
            raise WorkerLost("The worker answered something else than a reading.")
        return answer

    def tag(self, audio: bytes | Path) -> TrackMood:
        """Have a clip read.

        Raises:
            WorkerLost: the process hung or died.
            CompanionError: what went wrong with the clip or the model.
        """
        answer = self._ask(Tag(audio), TAG_SECONDS)
        if not isinstance(answer, TrackMood):
            raise WorkerLost("The worker answered something else than a track's mood.")
        return answer

    def end(self) -> None:
        """End the process, if there is one; the camera is let go with it."""
        with self._lock:
            process, self._process = self._process, None
        if process:
            process.end()

    def stop(self) -> None:
        """End it, and start none any more."""
        self._stopped = True
        self._cancel_rest()
        self.end()

    def _ask(self, question: Question, seconds: float) -> Answer:
        self._cancel_rest()
        process = self._running()
        try:
            line = process.ask(pack_question(question), seconds)
        except WorkerLost as error:
            self.end()
            if self._stopped:
                raise Interrupted("The agent is ending.") from error
            raise
        self._begin_rest()
        return unpack_answer(line)

    def _running(self) -> _Process:
        with self._lock:
            if self._stopped:
                raise Interrupted("The agent is ending.")
            if self._process and not self._process.alive:
                self._process.end()
                self._process = None
            self._process = self._process or _Process(self._command, self._environment())
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
        self._resting = threading.Timer(self._rest().total_seconds(), self.end)
        self._resting.daemon = True
        self._resting.start()

    def _cancel_rest(self) -> None:
        if self._resting:
            self._resting.cancel()


class _Process:
    """A process with a pipe for questions and one for answers."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._fresh = True
        _logger.info("worker %d started", self.pid)
        threading.Thread(target=self._read, args=(self._pipe_out(),), daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, line: bytes, seconds: float) -> bytes:
        """The answer's line.

        Raises:
            WorkerLost: it died, or does not answer in time.
        """
        if self._fresh:
            seconds, self._fresh = seconds + START_SECONDS, False
        try:
            self._pipe_in().write(line)
            self._pipe_in().flush()
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            raise WorkerLost(f"The worker did not answer within {seconds:.0f} s.") from None
        except OSError:
            answer = b""
        if not answer.endswith(b"\n"):
            raise WorkerLost(f"The worker died{self._cause()}.")
        return answer

    def end(self) -> None:
        """Politely first: its pipe closes. Then the system ends it, and lets go of the camera."""
        try:
            self._pipe_in().close()
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
        return f" of signal {-code}" if code < 0 else f" with code {code}"

    def _read(self, pipe: IO[bytes]) -> None:
        with pipe:
            while line := pipe.readline():
                self._answers.put(line)
        self._answers.put(b"")

    def _pipe_in(self) -> IO[bytes]:
        assert self._process.stdin is not None  # noqa: S101 - Popen was asked for a pipe
        return self._process.stdin

    def _pipe_out(self) -> IO[bytes]:
        assert self._process.stdout is not None  # noqa: S101 - Popen was asked for a pipe
        return self._process.stdout

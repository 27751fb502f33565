"""The worker process: `python -m companion.agent.models.worker_process`, started by `worker`.

It reads questions from stdin and writes answers to stdout. It ends when stdin does, in the
middle of a look too: so none is left behind, with the camera open, when the agent is killed.
"""

from __future__ import annotations

import ctypes
import os
import queue
import signal
import sys
import threading
from typing import IO, TYPE_CHECKING, Protocol

from companion.affect import Baseline, FaceReading, TrackMood
from companion.agent.models.codec import Answer, Look, Question, Tag, pack_answer, unpack_question
from companion.errors import CompanionError, WorkerLost

if TYPE_CHECKING:
    from companion.face.read import FaceReader
    from companion.music.tag import Tagger

NICENESS = 5
PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Answerer(Protocol):
    """What questions are put to."""

    def answer(self, question: Question) -> Answer: ...


class Models:
    """Loads what a question needs and keeps it for the next."""

    def __init__(self) -> None:
        self._reader: FaceReader | None = None
        self._baseline: Baseline | None = None
        self._tagger: Tagger | None = None

    def answer(self, question: Question) -> Answer:
        """Do what is asked.

        Raises:
            CompanionError: it cannot be done.
        """
        return self._look(question) if isinstance(question, Look) else self._tag(question)

    def _look(self, look: Look) -> FaceReading:
        from companion.face.camera import capture
        from companion.face.read import FaceReader

        if self._reader is None or look.baseline != self._baseline:
            if self._reader:
                self._reader.close()
            self._reader, self._baseline = FaceReader(baseline=look.baseline), look.baseline
        return self._reader.read(list(capture(look.source, look.seconds)))

    def _tag(self, tag: Tag) -> TrackMood:
        from companion.music.tag import Tagger

        self._tagger = self._tagger or Tagger()
        return self._tagger.tag(tag.audio)


def main(models: Answerer) -> None:
    """Answer until stdin ends."""
    _die_with_parent()
    _be_nice()
    _leave_out_microphone()
    answers = _keep_stdout()
    questions: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(questions,), daemon=True).start()
    while True:
        answers.write(pack_answer(_answer(models, questions.get())))
        answers.flush()


def _answer(models: Answerer, line: bytes) -> Answer | CompanionError:
    try:
        return models.answer(unpack_question(line))
    except CompanionError as error:
        return error
    except MemoryError:
        return WorkerLost("The worker ran out of memory.")
    except Exception as error:  # noqa: BLE001 - a library's failure costs one visit
        return WorkerLost(f"The worker failed: {type(error).__name__}: {error}.")


def _read(questions: queue.SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        questions.put(line)
    os._exit(0)  # whatever the other thread is doing: nobody waits for it any more


def _keep_stdout() -> IO[bytes]:
    """The pipe for answers; what libraries print goes nowhere."""
    pipe = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return pipe


def _be_nice() -> None:
    if sys.platform == "win32":
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(NICENESS)


def _leave_out_microphone() -> None:
    """MediaPipe would look for a microphone's library, which runs a compiler and a linker."""
    sys.modules["sounddevice"] = None  # type: ignore[assignment]  # so an import of it fails


def _die_with_parent() -> None:
    """On Linux the kernel sees to it as well, should native code hold the interpreter."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main(Models())

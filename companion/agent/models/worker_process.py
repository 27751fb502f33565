"""The worker process: `python -m companion.agent.models.worker_process`, started by `worker`.

It answers questions through the connection whose handle is its argument. It ends when its stdin
does, in the middle of a look too: so none is left behind, with the camera open, when the agent
is killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import signal
import sys
import threading
import traceback
from dataclasses import replace
from multiprocessing import connection
from typing import TYPE_CHECKING, Protocol

from companion.affect import FaceReading, TrackMood
from companion.agent.models.messages import Answer, Failure, Look, Question, Reply, Tag, TagFeatures
from companion.errors import CompanionError

if TYPE_CHECKING:
    from companion.face.read import FaceReader
    from companion.music.tag import Tagger

NICENESS = 5
PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Answerer(Protocol):
    """The models, or a stand-in for them."""

    def answer(self, question: Question) -> Answer: ...


class Models:
    """Loads what a question needs and keeps it for the next."""

    def __init__(self) -> None:
        self._reader: FaceReader | None = None
        self._tagger: Tagger | None = None

    def answer(self, question: Question) -> Answer:
        """Do what is asked, or raise a `CompanionError`."""
        return self._look(question) if isinstance(question, Look) else self._tag(question)

    def _look(self, look: Look) -> FaceReading:
        from companion.agent.models.face import open_face_reader
        from companion.face.camera import capture, seconds_open

        self._reader = self._reader or open_face_reader()
        self._reader.know(look.profile)
        before = seconds_open()
        frames = list(capture(look.source, look.seconds))
        return replace(self._reader.read(frames), camera_seconds=seconds_open() - before)

    def _tag(self, question: Tag | TagFeatures) -> TrackMood:
        from companion.music.tag import Tagger

        self._tagger = self._tagger or Tagger()
        if isinstance(question, TagFeatures):
            return self._tagger.tag_features(question.features)
        return self._tagger.tag(question.audio)


def main(models: Answerer) -> None:
    """Answer until the agent ends or closes the connection."""
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    _die_with_parent()
    _lower_priority()
    threading.Thread(target=_exit_with_stdin, daemon=True).start()
    with contextlib.suppress(EOFError, OSError), _inherited(int(sys.argv[1])) as agent:
        while True:
            agent.send(_reply(models, agent.recv()))


def _reply(models: Answerer, question: Question) -> Reply:
    try:
        return models.answer(question)
    except CompanionError as error:
        return error
    except MemoryError:
        return Failure("The worker ran out of memory.", traceback.format_exc())
    except Exception as error:  # noqa: BLE001 - a library's failure costs one question
        problem = f"The worker failed: {type(error).__name__}: {error}."
        return Failure(problem, traceback.format_exc())


if sys.platform == "win32":

    def _inherited(handle: int) -> connection.PipeConnection[Reply, Question]:
        return connection.PipeConnection(handle)

    def _lower_priority() -> None:
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)

else:

    def _inherited(handle: int) -> connection.Connection[Reply, Question]:
        return connection.Connection(handle)

    def _lower_priority() -> None:
        os.nice(NICENESS)


def _exit_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(0)  # whatever the other thread is doing: nobody waits for it any more


def _die_with_parent() -> None:
    """Have the kernel see to it as well on Linux, should native code hold the interpreter."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main(Models())

"""A worker that answers at once, with a camera that is a locked file.

What it is asked to look at, or to tag, decides what it does: `happy`, `slow`, `hang`, `crash`,
`memory`, `odd`, `babble`, `missing`, `damaged`, `broken model`. `TEST_CAMERA` names the camera's
file; each start is noted beside it.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from companion.affect import (
    Affect,
    Emotion,
    FaceMood,
    FaceReading,
    PitchRange,
    Quadrant,
    TrackMood,
)
from companion.agent.models.messages import Answer, Question, Tag, TagFeatures
from companion.agent.models.worker_process import main
from companion.errors import CameraMissing, ClipDamaged, ModelError

COMMAND = (sys.executable, "-m", "tests.agent.fake_work")
CAMERA_VARIABLE = "TEST_CAMERA"
SLOW_SECONDS = 0.1
HAPPY = FaceReading(FaceMood(dict.fromkeys(Emotion, 1 / 8), Affect(0.8, 0.5), 0.9, frames=16))
BRIGHT = TrackMood(
    dict.fromkeys(Quadrant, 0.25),
    Affect(0.8, 0.5),
    0.9,
    tempo=120.0,
    pitch=PitchRange(100.0, 400.0, 0.5),
    model="track_mood/1",
)


class FakeModels:
    def answer(self, question: Question) -> Answer:
        if isinstance(question, TagFeatures):
            act(question.features.numbers.decode("ascii", "replace"))
            return BRIGHT
        if isinstance(question, Tag):
            time.sleep(0.01)
            audio = question.audio
            act(audio.name if isinstance(audio, Path) else audio.decode("ascii", "replace"))
            return BRIGHT
        with _camera():
            act(Path(str(question.source)).name)
        return HAPPY


def act(what: str) -> None:
    if what == "hang":
        time.sleep(3600)
    if what == "slow":
        time.sleep(SLOW_SECONDS)
    if what == "crash":
        os.abort()
    if what == "memory":
        raise MemoryError
    if what == "odd":
        raise ValueError("an odd value")
    if what == "babble":
        print("libraries print this and that", flush=True)
    if what == "missing":
        raise CameraMissing("There is no camera 0.")
    if what == "damaged":
        raise ClipDamaged("Silent.", "Nothing to do.")
    if what == "broken model":
        raise ModelError("Damaged.")


@contextmanager
def _camera() -> Iterator[None]:
    """Held as a device is: the system lets go of it when the process ends."""
    file = os.environ.get(CAMERA_VARIABLE)
    if file is None:
        yield
        return
    with Path(file).open("ab") as device:
        fcntl.flock(device, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def note_start() -> None:
    if file := os.environ.get(CAMERA_VARIABLE):
        with Path(f"{file}.pids").open("a") as notes:
            notes.write(f"{os.getpid()}\n")


if __name__ == "__main__":
    note_start()
    main(FakeModels())

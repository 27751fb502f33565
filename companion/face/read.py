"""The end of the room: frames in, a mood or the reason why there is none out.

Whose face counts: the widest one. Where another face is nearly as wide (the widest is less
than `RIVAL` times as wide) in most of the frames with a face, nobody can say whose mood it
is, and the look abstains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from companion.affect import (
    EMOTION_AFFECT,
    Abstention,
    Baseline,
    Emotion,
    FaceMood,
    FaceReading,
    expected_affect,
)
from companion.face.baseline import Floats, correct, read_reference
from companion.face.camera import DARK_GREY_LEVEL, Frame
from companion.face.crop import SIDE, cut
from companion.face.detect import Detector, Face
from companion.face.model import LENGTHS, NAME, FaceModel, load_face_model
from companion.weights import open_model

RIVAL = 1.6  # times the width of the second face
LEAST_SHARE = 1 / 3  # of the frames that must show a face
MOST_FRAMES = LENGTHS[-1]

Correction = Callable[[Floats], Floats]


class FaceReader:
    """Detector and network, loaded once. Close it, or use it in a `with`.

    Args:
        root: the folder of the models; the program's own where it is None.
        baseline: the user's resting face, by which readings are corrected. One that other
            weights read is left out, as it means nothing to these.

    Raises:
        ModelError: weights are missing or damaged.
        LibraryMissing: a system library is missing.
    """

    def __init__(self, root: Path | None = None, baseline: Baseline | None = None) -> None:
        self._model = load_face_model(root)
        self._correction: Correction | None = None
        if baseline and baseline.model == self._model.label:
            reference = read_reference(open_model(NAME, root))
            self._correction = partial(correct, own=baseline.log_shares, reference=reference)
        self._detector = Detector(root)

    @property
    def label(self) -> str:
        """Name and version of the weights that say the mood."""
        return self._model.label

    @property
    def is_corrected(self) -> bool:
        """Whether a baseline corrects what it says."""
        return self._correction is not None

    def read(self, frames: Sequence[Frame]) -> FaceReading:
        """The mood at the end of a look.

        Args:
            frames: RGB uint8 (height, width, 3), one or more; beyond 64, every nth counts.

        Raises:
            ValueError: there is no frame.
        """
        frames = _thin(frames)
        return self.judge(frames, [self.find(frame) for frame in frames])

    def find(self, frame: Frame) -> list[Face]:
        """The faces of an RGB frame, the widest first."""
        return self._detector.find(frame)

    def judge(self, frames: Sequence[Frame], found: Sequence[Sequence[Face]]) -> FaceReading:
        """The mood at the end of 1 to 64 frames whose faces are known."""
        reason = abstain(frames, found)
        return reason or read_faces(self._model, frames, found, self._correction)

    def close(self) -> None:
        self._detector.close()

    def __enter__(self) -> FaceReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_faces(
    model: FaceModel,
    frames: Sequence[Frame],
    found: Sequence[Sequence[Face]],
    correction: Correction | None = None,
) -> FaceReading:
    """What the network says of the widest face of each frame; one frame has a face."""
    mask = np.array([bool(faces) for faces in found])
    crops = np.zeros((len(frames), SIDE, SIDE), np.uint8)
    for index, (frame, faces) in enumerate(zip(frames, found, strict=True)):
        if faces:
            crops[index] = cut(frame, faces[0])
    shares = model.probabilities(crops, mask)[-1]
    mood = _mood(correction(shares) if correction else shares, int(mask.sum()))
    if mood.confidence < model.threshold:
        detail = f"{mood.emotion} with {mood.confidence:.0%}, {model.threshold:.0%} are needed"
        return FaceReading(mood, Abstention.LOW_CONFIDENCE, detail)
    return FaceReading(mood)


def _mood(shares: Floats, frames: int) -> FaceMood:
    probabilities = {emotion: float(p) for emotion, p in zip(Emotion, shares, strict=True)}
    return FaceMood(
        probabilities=probabilities,
        affect=expected_affect(probabilities, EMOTION_AFFECT),
        confidence=float(shares.max()),
        frames=frames,
    )


def abstain(frames: Sequence[Frame], found: Sequence[Sequence[Face]]) -> FaceReading | None:
    """The reason not to ask the network, if there is one.

    Args:
        frames: one or more.
        found: the faces of each frame, the widest first.
    """
    level = float(np.median([frame.mean() for frame in frames]))
    seen = sum(bool(faces) for faces in found)
    rivals = sum(_has_rival(faces) for faces in found)
    if level < DARK_GREY_LEVEL:
        return FaceReading(None, Abstention.TOO_DARK, f"brightness {level:.0f} of 255")
    if seen < LEAST_SHARE * len(frames) or not seen:
        return FaceReading(None, Abstention.NO_FACE, f"a face in {seen} of {len(frames)} frames")
    if 2 * rivals > seen:
        detail = f"several faces in {rivals} of {len(frames)} frames"
        return FaceReading(None, Abstention.SEVERAL_FACES, detail)
    return None


def _has_rival(faces: Sequence[Face]) -> bool:
    return len(faces) > 1 and faces[0].width < RIVAL * faces[1].width


def _thin(frames: Sequence[Frame]) -> Sequence[Frame]:
    if not frames:
        raise ValueError("a look needs a frame")
    if len(frames) <= MOST_FRAMES:
        return frames
    return [frames[k] for k in np.linspace(0, len(frames) - 1, MOST_FRAMES).round().astype(int)]

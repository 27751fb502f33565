"""The end of the room: frames in, a mood or the reason why there is none out.

Whose face counts: the widest one. Where another face is nearly as wide (the widest is less
than `RIVAL` times as wide) in most of the frames with a face, nobody can say whose mood it
is, and the look abstains.

Where the emotion is unsure and its place on the affect plane is not (fear or anger: both are
unpleasant and aroused), the reading is to be gone by all the same: music is picked by the place.
It abstains for low confidence where both are unsure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.affect import (
    EMOTION_AFFECT,
    Abstention,
    Emotion,
    FaceMood,
    FaceProfile,
    FaceReading,
    LookDescription,
    expected_affect,
)
from companion.face.adaptation import Population, load_population
from companion.face.adapter import Adapter
from companion.face.camera import DARK_GREY_LEVEL, Frame
from companion.face.crop import SIDE, cut
from companion.face.detect import Detector, Face
from companion.face.model import LENGTHS, FaceModel, load_face_model
from companion.face.resting import learn_resting

RIVAL = 1.6  # times the width of the second face
LEAST_SHARE = 1 / 3  # of the frames that must show a face
MOST_FRAMES = LENGTHS[-1]


class FaceReader:
    """Detector and network, loaded once. Close it, or use it in a `with`.

    Args:
        root: the folder of the models; the program's own where it is None.
        profile: what is known of the user's face, to which readings are adapted. One that
            other weights made is left out, as it means nothing to these.

    Raises:
        ModelError: weights are missing or damaged.
        LibraryMissing: a system library is missing.
    """

    def __init__(self, root: Path | None = None, profile: FaceProfile | None = None) -> None:
        self._model = load_face_model(root)
        self._population = load_population(root)
        self._detector = Detector(root)
        self.know(profile)

    def know(self, profile: FaceProfile | None) -> None:
        """Read by another profile from now on."""
        known = profile if profile and profile.model == self._population.label else None
        self._resting = known.resting if known else None
        # Until the adaptation is fitted to new weights of the network, nothing is adapted.
        fits = self._population.face_model == self._model.label
        self._adapter = Adapter(self._population, known) if fits else None

    @property
    def label(self) -> str:
        """Name and version of the weights that say the mood."""
        return self._model.label

    @property
    def population(self) -> Population:
        """Knowledge of people's faces in general."""
        return self._population

    @property
    def is_adapted(self) -> bool:
        """True if enough is known of the user's face to adapt what it says."""
        return bool(self._adapter and self._adapter.is_active)

    def read(self, frames: Sequence[Frame], today: date | None = None) -> FaceReading:
        """The mood at the end of a look, and what the look tells of the resting face.

        Args:
            frames: RGB uint8 (height, width, 3), one or more; beyond 64, every nth counts.
            today: the day of the look; the present one where it is None.

        Raises:
            ValueError: there is no frame.
        """
        frames = _thin(frames)
        reading = self.read_found(frames, [self.find(frame) for frame in frames])
        if reading.look is None:
            return reading
        day = (today or date.today()).toordinal()  # noqa: DTZ011 - the user's own day
        learned = learn_resting(self._resting, reading.look, day, self._population)
        return replace(reading, resting=learned)

    def reread(self, look: LookDescription) -> FaceMood:
        """The mood that a look shows, by the present profile."""
        logits = np.array(look.features[: len(Emotion)])
        adapted = self._adapter.adapt(logits, look) if self._adapter else logits
        return _mood(_softmax(adapted + self._model.prior), 1)

    def find(self, frame: Frame) -> list[Face]:
        """The faces of an RGB frame, the widest first."""
        return self._detector.find(frame)

    def read_found(self, frames: Sequence[Frame], found: Sequence[Sequence[Face]]) -> FaceReading:
        """The mood at the end of 1 to 64 frames whose faces are known."""
        reason = abstain(frames, found)
        return reason or read_faces(self._model, frames, found, self._adapter)

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
    adapter: Adapter | None = None,
) -> FaceReading:
    """The network's reading of the widest face of each frame; one frame has a face."""
    mask = np.array([bool(faces) for faces in found])
    crops = np.zeros((len(frames), SIDE, SIDE), np.uint8)
    for index, (frame, faces) in enumerate(zip(frames, found, strict=True)):
        if faces:
            crops[index] = cut(frame, faces[0])
    logits = model.logits(crops, mask)[-1].astype(np.float64)
    look = adapter.describe(logits, crops[mask]) if adapter else None
    if adapter and look:
        logits = adapter.adapt(logits, look)
    mood = _mood(_softmax(logits + model.prior), int(mask.sum()))
    if mood.confidence >= model.threshold:
        return FaceReading(mood, look=look)
    if mood.confidence >= model.least_confidence:
        return FaceReading(mood, detail=f"perhaps {mood.emotion}", look=look)
    if mood.spread <= model.spread:
        detail = f"{mood.affect.side}, perhaps {mood.emotion}"
        return FaceReading(mood, detail=detail, look=look)
    detail = f"{mood.emotion} with {mood.confidence:.0%}, {model.least_confidence:.0%} are needed"
    return FaceReading(mood, Abstention.LOW_CONFIDENCE, detail, look)


def _softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max())
    shares: NDArray[np.float64] = np.asarray(powers / powers.sum(), np.float64)
    return shares


def _mood(shares: NDArray[np.float64], frames: int) -> FaceMood:
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

"""What is said of the real CK+ sequences, and of their frames cropped in two ways."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from companion.affect import Emotion
from companion.face.camera import Frame
from companion.face.detect import Detector
from companion.face.model import FaceModel
from training.face.augment import View, show
from training.face.data import EMOTIONS, Images, Stills, read_matched
from training.face.infer import frame_logits
from training.face.paths import BAD, spoil
from training.face.posed import FIRST_FRAMES, QUARTER, RealSequence, find_crop, open_frame
from training.metrics import Floats, softmax

NEUTRAL = EMOTIONS.index(Emotion.NEUTRAL)


@dataclass(frozen=True)
class Answer:
    """What is said of one sequence: probabilities (8,).

    Attributes:
        rest: after the first frames; apex: in the last quarter.
        mean: of all frames by the trunk alone; last_mean: of those of the last quarter.
    """

    rest: Floats
    apex: Floats
    mean: Floats
    last_mean: Floats


def answer(model: FaceModel, sequence: RealSequence) -> Answer:
    """The ConvLSTM's readings, and those of the trunk's frames."""
    shares = model.probabilities(sequence.crops, sequence.mask)
    frames = softmax(frame_logits(model.variables, sequence.crops), model.temperature)
    last = slice(-max(1, len(shares) // QUARTER), None)
    return Answer(
        rest=shares[:FIRST_FRAMES].mean(axis=0),
        apex=shares[last].mean(axis=0),
        mean=frames[sequence.mask].mean(axis=0),
        last_mean=frames[last][sequence.mask[last]].mean(axis=0),
    )


def spoil_some(sequence: RealSequence, share: float, random: np.random.Generator) -> RealSequence:
    """The same sequence with that share of its frames bad."""
    crops = sequence.crops.copy()
    for index in random.permutation(len(crops))[: round(share * len(crops))]:
        crops[index] = show(crops[index], spoil(View(), random.choice(BAD), random), random)
    return RealSequence(crops, sequence.mask, sequence.label, sequence.subject, sequence.whole)


def read_crops(folder: Path, detector: Detector, tilt: float = 0) -> tuple[Stills, Images]:
    """The same frames as the data set crops them, and as the detector's eyes do.

    Args:
        folder: of CK+.
        detector: finds the eyes.
        tilt: degrees by which the whole frames are turned first.
    """
    stills, files = read_matched(folder)
    crops = [find_crop(_tilt(open_frame(file), tilt), detector) for file in files]
    found = np.array([crop is not None for crop in crops])
    return stills.select(found), np.stack([crop for crop in crops if crop is not None])


def _tilt(frame: Frame, degrees: float) -> Frame:
    height, width = frame.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    turned = cv2.warpAffine(frame, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8)

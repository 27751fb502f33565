"""A made-up crowd: each person has an own face, which every emotion changes in the same way."""

from __future__ import annotations

import cv2
import numpy as np
from training.face.adaptation.faces import Faces, light_sideways
from training.face.data import SIDE

from companion.affect import Emotion
from companion.face.describe import gradient_histograms

PEOPLE = 18
MOODS = 7
OWN = 2.0  # how far the logits of people are apart; those of emotions are 4
NOISE = 0.4


def blobs(count: int, random: np.random.Generator) -> np.ndarray:
    """Smooth pictures (count, 48, 48) that stay themselves where they are moved a little."""
    coarse = random.uniform(0, 120, (count, SIDE // 8, SIDE // 8)).astype(np.float32)
    return np.stack(
        [cv2.resize(one, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) for one in coarse]
    )


def make_crowd(people: int = PEOPLE, corpus: str = "kdef", seed: int = 0) -> Faces:
    """Faces of so many people on two occasions, each of seven emotions."""
    random = np.random.default_rng(seed)
    patterns = blobs(MOODS, np.random.default_rng(99))
    own = blobs(people, random)
    offsets = random.normal(0, OWN, (people, len(Emotion)))
    crops, logits, labels, names, occasions = [], [], [], [], []
    for person in range(people):
        for occasion in "AB":
            for mood in range(MOODS):
                grain = random.normal(0, 4, (SIDE, SIDE))
                crops.append(np.clip(patterns[mood] + own[person] + grain, 0, 255))
                noise = random.normal(0, NOISE, len(Emotion))
                logits.append(4 * np.eye(len(Emotion))[mood] + offsets[person] + noise)
                labels.append(mood)
                names.append(f"{corpus}-{person:02}")
                occasions.append(occasion)
    images = np.array(crops).astype(np.uint8)
    return Faces(
        crops=images,
        logits=np.array(logits),
        labels=np.array(labels),
        people=np.array(names),
        occasions=np.array(occasions),
        corpora=np.full(len(labels), corpus),
        histograms=gradient_histograms(images),
        lit=gradient_histograms(light_sideways(images, np.random.default_rng(0))),
    )

"""A source of real faces: NASA's public-domain portrait inside scikit-image."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import skimage.data

from companion.face.camera import Frame


@cache
def portrait() -> Frame:
    return np.asarray(skimage.data.astronaut(), np.uint8)


def head() -> Frame:
    """The face large in a square picture."""
    return np.asarray(portrait()[0:260, 100:360], np.uint8)


def moved(frame: Frame, *, angle: float = 0, zoom: float = 1, light: float = 1) -> Frame:
    """The picture turned and zoomed about its middle, and dimmed."""
    height, width = frame.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, zoom)
    turned = cv2.warpAffine(frame, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip(np.asarray(turned) * light, 0, 255), np.uint8)


def webcam(count: int = 16) -> list[Frame]:
    """The portrait as a webcam would see it: it sways, and the light changes a little."""
    return [
        moved(portrait(), angle=3 * np.sin(k / 4), zoom=1 + 0.02 * np.sin(k), light=0.9 + 0.005 * k)
        for k in range(count)
    ]


def beside(left: Frame, right: Frame) -> Frame:
    return np.concatenate([left, right], axis=1)

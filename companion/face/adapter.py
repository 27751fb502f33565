"""Describe looks, and adapt readings to the user."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from companion.affect import LEAST_LOOKS, FaceProfile, LookDescription
from companion.face.adaptation import (
    Population,
    adapt,
    is_same_person,
    know_person,
    make_features,
    profile_examples,
)
from companion.face.describe import gradient_histograms, project_identity, project_shape

MOST_CROPS = 8  # of a look that are described; neighbours differ little
Floats = NDArray[np.floating]


class Adapter:
    """The expectation of the user's face, worked out once.

    Args:
        population: what is known of people's faces.
        profile: what is known of the user's; one of other weights is left out, as its numbers
            mean nothing to these.
    """

    def __init__(self, population: Population, profile: FaceProfile | None = None) -> None:
        self._population = population
        known = profile if profile and profile.model == population.label else None
        self._person = know_person(
            population, profile_examples(known, LEAST_LOOKS) if known else ()
        )
        self._identity = known.resting.identity if known and known.resting else None

    @property
    def is_active(self) -> bool:
        """True if enough is known of the user to adapt anything."""
        return self._person.known > 0

    def describe(self, logits: Floats, crops: NDArray[np.uint8]) -> LookDescription:
        """A look in numbers.

        Args:
            logits: (8,), of the face model, not adapted, up to a constant.
            crops: grey (n, 48, 48), the faces of the look, one or more.
        """
        by = self._population.projections
        chosen = np.linspace(0, len(crops) - 1, min(len(crops), MOST_CROPS)).round().astype(int)
        histogram = gradient_histograms(crops[chosen]).mean(axis=0)
        features = make_features(np.asarray(logits, np.float64), project_shape(histogram, by))
        identity = project_identity(histogram, by)
        return LookDescription(
            self._population.label, tuple(features.tolist()), tuple(identity.tolist())
        )

    def adapt(self, log_shares: Floats, look: LookDescription) -> Floats:
        """Log-probabilities (8,), up to a constant, adapted to the user.

        Those of somebody else stay as they are.
        """
        if self._identity and not is_same_person(look.identity, self._identity, self._population):
            return log_shares
        features = np.array([look.features])
        adapted: Floats = adapt(log_shares[None], features, self._population, self._person)[0]
        return adapted

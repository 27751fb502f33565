"""Learn a person's resting face from ordinary looks, slowly and within bounds.

At a desk a face mostly rests. Each look moves a running mean by as much as it is likely to
show rest: the responsibility of the resting face in a mixture of the person's faces, as in the
EM algorithm (R. Neal and G. Hinton, "A view of the EM algorithm that justifies incremental,
sparse, and other variants", 1998). What bounds it:

- an odd look is moved nearer before it counts (P. Huber, "Robust estimation of a location
  parameter", Annals of Mathematical Statistics 35(1), 1964);
- the looks of one day count `MOST_A_DAY` at most, and the mean remembers `MEMORY` looks, so
  that a bad week does not become the resting face, and a beard does in time;
- a look of another person is noticed by the identity and not mixed in. Where somebody else has
  sat there for `MANY_STRANGERS` looks more than the user, the learning starts over.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from companion.affect import LookDescription, Numbers, RestingFace
from companion.face.adaptation import (
    NEUTRAL,
    Population,
    coordinates,
    is_same_person,
    know_person,
    log_densities,
    resting_example,
)
from companion.face.describe import to_unit

AT_REST = (
    0.7  # the share of looks that is taken to show nothing; less than at most desks, to be careful
)
MOST_A_DAY = 4.0  # looks that count
MEMORY = 120.0  # looks, after which old ones fade; as much as a calibration is worth
ODD = 3.0  # standard deviations of one person's resting face, beyond which a look is moved nearer
MANY_STRANGERS = 20  # looks
LEAST = 1e-3  # the weight of a look that shows no rest at all

Floats = NDArray[np.floating]


def learn_resting(
    resting: RestingFace | None, look: LookDescription, day: int, population: Population
) -> RestingFace:
    """The estimate after one more look.

    Args:
        resting: before it; None where there is none yet.
        look: of one face, in enough light.
        day: of the look, as `datetime.date.toordinal`.
        population: what is known of people's faces.
    """
    if resting is None:
        return _begin(look, day, population)
    if not is_same_person(look.identity, resting.identity, population):
        if resting.strangers + 1 > MANY_STRANGERS:
            return _begin(look, day, population)
        return replace(resting, strangers=resting.strangers + 1)
    counted = resting.day_looks if resting.day == day else 0.0
    weight = max(0.0, min(rest_share(resting, look, population), MOST_A_DAY - counted))
    return replace(
        resting,
        features=_moved(resting, look, weight, population),
        identity=_mixed(resting, look),
        looks=min(resting.looks + weight, MEMORY),
        seen=resting.seen + 1,
        day=day,
        day_looks=counted + weight,
        strangers=max(0, resting.strangers - 1),
    )


def rest_share(resting: RestingFace | None, look: LookDescription, population: Population) -> float:
    """The chance that the look shows the person at rest, in [`LEAST`, 1]."""
    person = know_person(population, [resting_example(resting)] if resting else [])
    scores = log_densities(
        np.array([look.features]), person.means, population.noise + person.covariances
    )[0]
    others = (1 - AT_REST) / (len(scores) - 1)
    scores += np.log(np.where(np.arange(len(scores)) == NEUTRAL, AT_REST, others))
    shares = np.exp(scores - scores.max())
    return float(max(shares[NEUTRAL] / shares.sum(), LEAST))


def _begin(look: LookDescription, day: int, population: Population) -> RestingFace:
    weight = rest_share(None, look, population)
    return RestingFace(look.model, look.features, look.identity, weight, 1, day, weight)


def _moved(
    resting: RestingFace, look: LookDescription, weight: float, population: Population
) -> Numbers:
    before, now = np.array(resting.features), np.array(look.features)
    apart = coordinates(now) - coordinates(before)
    # Between two looks there is the noise of both; the estimate's own shrinks with its looks.
    noise = population.noise[NEUTRAL] * (1 + 1 / max(resting.looks, LEAST))
    distance = float(np.sqrt(apart @ np.linalg.solve(noise, apart)))
    step = weight / (resting.looks + weight) if weight else 0.0
    nearer = min(1.0, ODD / max(distance, ODD))
    return tuple((before + step * nearer * (now - before)).tolist())


def _mixed(resting: RestingFace, look: LookDescription) -> Numbers:
    step = 1 / (min(resting.seen, MEMORY) + 1)
    mean = (1 - step) * np.array(resting.identity) + step * np.array(look.identity)
    return tuple(to_unit(mean).tolist())

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from training.music.data import NO_LABEL, Clips
from training.music.filters import FilterRecipe
from training.music.fit import SIGNS, Examples, Recipe, _orders, fit, loss, make_examples

from companion.affect import QUADRANT_AFFECT, Quadrant
from companion.music.model.network import MoodNetwork, Outputs, Shape

RECIPE = Recipe(
    shape=Shape(hidden=16, input_dropout=0.1, dropout=0.1),
    filters=FilterRecipe((2,), (3,), 4, 5),
    steps=90,
    batch=16,
    rate=0.02,
)
COUNT = 120


def make_examples_of_quadrants() -> Examples:
    """Inputs in which the quadrant stands plainly."""
    random = np.random.default_rng(0)
    quadrant = random.integers(0, 4, COUNT)
    inputs = random.standard_normal((COUNT, 6)) + 3 * np.eye(4, 6)[quadrant]
    return Examples(
        inputs.astype(np.float32),
        np.eye(4, dtype=np.float32)[quadrant],
        np.zeros((COUNT, 5), np.float32),
    )


def test_the_signs_are_those_of_the_quadrants() -> None:
    places = [QUADRANT_AFFECT[quadrant] for quadrant in Quadrant]
    assert np.sign([[place.valence, place.arousal] for place in places]).tolist() == SIGNS.tolist()


def outputs(quadrant: np.ndarray, axes: np.ndarray) -> Outputs:
    rows = len(quadrant)
    return Outputs(jnp.asarray(quadrant), jnp.asarray(axes), jnp.zeros((rows, 5)))


def test_the_loss_of_knowing_is_less_than_of_guessing() -> None:
    labels = jnp.eye(4)
    batch = {"quadrant": labels, "cluster": jnp.zeros((4, 5))}
    knowing = loss(outputs(20 * np.eye(4), SIGNS), batch, RECIPE)
    guessing = loss(outputs(np.zeros((4, 4)), 0 * SIGNS), batch, RECIPE)
    assert knowing == pytest.approx(0, abs=1e-4)
    assert guessing == pytest.approx(np.log(4) + RECIPE.axes_weight)


def test_a_clip_without_labels_teaches_nothing() -> None:
    batch = {"quadrant": jnp.zeros((1, 4)), "cluster": jnp.zeros((1, 5))}
    said = outputs(np.array([[9.0, 0, 0, 0]]), np.array([[0.5, -0.5]]))
    assert loss(said, batch, RECIPE) == 0


def test_no_label_is_no_target() -> None:
    quadrant = np.array([2, NO_LABEL])
    clips = Clips(("a", "b"), np.array(["x", "y"]), quadrant, np.array([NO_LABEL, 4]))
    examples = make_examples(clips, np.zeros((2, 3)))
    assert examples.quadrant.tolist() == [[0, 0, 1, 0], [0, 0, 0, 0]]
    assert examples.cluster.tolist() == [[0] * 5, [0, 0, 0, 0, 1]]


def test_fitting_twice_gives_the_same() -> None:
    examples, chosen = make_examples_of_quadrants(), np.arange(COUNT)
    short = dataclasses.replace(RECIPE, steps=12)
    first, again, other = (fit(examples, chosen, short, range(n, n + 2)) for n in (0, 0, 7))
    same = jax.tree.map(np.array_equal, first, again)
    assert all(jax.tree.leaves(same))
    assert not all(jax.tree.leaves(jax.tree.map(np.array_equal, first, other)))


def said_of(examples: Examples, chosen: np.ndarray, recipe: Recipe = RECIPE) -> np.ndarray:
    members = fit(examples, chosen, recipe, range(1))
    params = jax.tree.map(lambda leaf: leaf[0], members)
    said = MoodNetwork(recipe.shape).apply({"params": params}, examples.inputs)
    assert isinstance(said, Outputs)
    guesses: np.ndarray = np.asarray(said.quadrant).argmax(axis=1)
    return guesses


def test_unseen_clips_are_read_right() -> None:
    examples = make_examples_of_quadrants()
    right = said_of(examples, np.arange(96)) == examples.quadrant.argmax(axis=1)
    assert right[96:].mean() > 0.7  # of 24 clips; by chance it is 0.25


def test_a_clip_that_was_not_chosen_teaches_nothing() -> None:
    examples, chosen = make_examples_of_quadrants(), np.arange(96)
    inputs = examples.inputs.copy()
    inputs[96:] = 1e6
    poisoned = dataclasses.replace(examples, inputs=inputs)
    short = dataclasses.replace(RECIPE, steps=12)
    first, second = (fit(each, chosen, short, range(1)) for each in (examples, poisoned))
    assert all(jax.tree.leaves(jax.tree.map(np.array_equal, first, second)))


@pytest.mark.parametrize("clips", [20, 96])
def test_every_clip_is_learned_from_once_before_any_comes_again(clips: int) -> None:
    recipe = dataclasses.replace(RECIPE, steps=7, batch=8)
    orders = np.asarray(_orders(np.arange(clips), recipe, np.random.default_rng(0)))
    assert orders.shape == (7, 8)
    first = orders.ravel()[:clips]
    assert len(set(first)) == min(clips, 56)

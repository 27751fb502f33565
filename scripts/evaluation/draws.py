"""Draws that can be repeated."""

from __future__ import annotations

from random import Random


def seeded(seed: int) -> Random:
    """A source of draws that are the same each time."""
    return Random(seed)  # noqa: S311 - nothing here is a secret

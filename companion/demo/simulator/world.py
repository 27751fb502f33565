"""The simulator's state: the Spotify of one listener."""

from __future__ import annotations

from dataclasses import dataclass

from companion.demo.simulator.accounts import Accounts
from companion.demo.simulator.clock import Clock
from companion.demo.simulator.library import Library
from companion.demo.simulator.player import Player


@dataclass(slots=True)
class World:
    """The simulator's state.

    Attributes:
        full: answers have the fields that development mode leaves out.
        premium: the listener has Spotify Premium, without which nothing is queued.
    """

    clock: Clock
    library: Library
    player: Player
    accounts: Accounts
    full: bool = False
    premium: bool = True


def make_world(library: Library, clock: Clock, *, full: bool = False) -> World:
    """A listener with this library, signed out, before anything plays."""
    return World(clock, library, Player(clock), Accounts(clock), full)

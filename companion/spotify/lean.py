"""spotipy without redis, in which it could keep tokens: we do not, and it takes 20 MB."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

UNUSED = "redis"


def import_spotipy() -> ModuleType:
    """The module; for the time of its import, a stand-in with one name is redis."""
    if UNUSED in sys.modules or "spotipy" in sys.modules:
        return import_module("spotipy")
    stand_in = ModuleType(UNUSED)
    vars(stand_in)["RedisError"] = OSError
    sys.modules[UNUSED] = stand_in
    try:
        return import_module("spotipy")
    finally:
        del sys.modules[UNUSED]

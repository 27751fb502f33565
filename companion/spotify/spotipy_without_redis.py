"""Import spotipy without redis.

spotipy imports it for one of its token caches, which is not used here; it takes 20 MB.
"""

import sys
from importlib import import_module
from types import ModuleType


def import_spotipy() -> ModuleType:
    """Return spotipy, imported beside an empty redis unless either is there already."""
    if "redis" in sys.modules or "spotipy" in sys.modules:
        return import_module("spotipy")
    empty = ModuleType("redis")
    vars(empty)["RedisError"] = OSError
    sys.modules["redis"] = empty
    try:
        return import_module("spotipy")
    finally:
        del sys.modules["redis"]

"""Where the rooms meet: the visit, the library sync, the tagging."""

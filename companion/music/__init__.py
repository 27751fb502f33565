"""From a 30-second clip to a track's mood."""

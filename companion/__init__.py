"""A companion for Spotify: reads the mood from the face, queues a fitting track."""

__version__ = "0.1.0"

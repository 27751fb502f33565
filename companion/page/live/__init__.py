"""Streams and long work: `events` tells the tabs of changes, `tasks` does long work.

`camera` relays the live picture that `camera_process` takes, `clips` serves the user's own files.
"""

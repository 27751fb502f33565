"""Streams and background tasks: `events` tells the tabs of changes, `task_runner` runs tasks.

`camera_stream` relays the live picture that `camera_process` takes, `audio_files` serves the user's
own files.
"""

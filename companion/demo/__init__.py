"""The demo: the main job with a portrait for a face and a simulator for Spotify.

`simulator` is Spotify and a clip host on loopback, `composer` makes its music, `portrait` is the
webcam and `environment` sets them up. Imported by the demo's commands and tests alone; needs the
extra `demo`.
"""

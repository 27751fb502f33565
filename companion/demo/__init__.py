"""The demo: the main job with a portrait for a face and the Spotify simulator."""

"""The demo: the main job with a portrait for a face and a stand-in for Spotify."""

"""Spotify: sign-in, library, player and queue."""

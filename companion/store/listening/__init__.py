"""Playback: the player's last snapshot, the recently played tracks and the ending of each play.

May import `database` and `history` beside the shared words.
"""

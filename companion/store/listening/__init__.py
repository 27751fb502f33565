"""What the player plays: its last snapshot, the tracks recently played and how each play ended.

May import `database` and `history` beside the shared words.
"""

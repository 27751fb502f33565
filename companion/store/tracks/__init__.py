"""The user's tracks: the library, the tags of its tracks, the user's corrections of them, the map.

May import `database` beside the shared words.
"""

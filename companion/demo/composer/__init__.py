"""The demo's music: scores composed in a style and rendered to audio.

May import `affect` alone.
"""

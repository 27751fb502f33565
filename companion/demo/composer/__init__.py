"""The demo's music: scores composed in a style and rendered to audio.

Needs nothing of the other rooms but `affect`.
"""

"""The sources of the mood and their fusion.

`habits` and `listening` make the estimate that listening gives, `estimate` that of the face and the
fusion of both, `trust` learns how far each is believed. May import what `choose` may, and nothing
else of it.
"""

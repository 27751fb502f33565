"""One visit: conditions, a look at the face, a choice, one track queued.

`visit` runs it; `conditions`, `mood`, `context`, `choice` and `reconcile` are its steps; `outcome`
and `explanation` are what it leaves behind, `history` reads that back. May import every room
below `agent`, and `agent.playback`.
"""

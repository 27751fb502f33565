"""One visit: conditions, a look at the face, a choice, one track queued.

`visit` runs it; `conditions`, `mood`, `context`, `choice` and `reconcile` are its steps;
`listening` tells what was played. `outcome` and `explanation` are what it leaves behind, `history`
reads that back, `replay` runs the choice over the past. May import every room below `agent`, and
`agent.playback`.
"""

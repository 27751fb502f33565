"""The endings of queued tracks, and all that was played.

`follow` tracks our own from the queue to their end, `ending` infers how a track ended, `record`
keeps what was played and who started it, `learn_trust` learns from it how far to trust each source
of the mood. May import `store`, `spotify`, `desktop`, `choose.fusion` and the shared types.
"""

"""The fate of queued tracks.

`follow` tracks them from the queue to their end, `ending` infers how a track ended. May import
`store`, `spotify`, `desktop` and the shared types.
"""

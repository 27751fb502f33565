"""The running companion, where the rooms meet.

`visit/` is one visit from its conditions to a queued track, `playback/` follows queued tracks to
their ending, `library/` syncs and tags, `models/` is the worker process with the networks,
`service/` schedules all of it and answers the command line. May import every room below it.
"""

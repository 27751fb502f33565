"""The agent's process: what runs when, and how it is controlled.

`serve` is the process, `agent` decides what is due, `jobs` do it, `timetable` runs them; `control`
is the socket that the command line speaks to. May import all of `agent`.
"""

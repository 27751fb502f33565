"""The store: one SQLite file, and a module for each subject that is kept in it.

`database` opens, migrates and checks the file; `library`, `tags`, `track_corrections`,
`track_map`, `visits`, `queue`, `listening`, `feedback`, `face`, `overrides`, `usage` and
`metadata` read and write their tables; `forget` deletes without a trace. Times are UTC, kept as
seconds since 1970. It may import nothing of the project but the shared words: `affect`, `track`,
`playback`, `errors`.
"""

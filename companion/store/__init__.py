"""The store: one SQLite file, and a module for each subject that is kept in it.

`database` opens, migrates and checks the file and `database_errors` explains its errors;
`tracks` keeps the library and its tags, `history` the visits, what was queued and what the user
said of it, `listening` what the player played, `face` the readings and the user's face;
`metadata` and `usage` keep times and counts; `export` and `import_data` carry the user's data to
another machine; `forget` deletes without a trace. Times are UTC, kept as seconds since 1970. It
may import nothing of the project but the shared types: `affect`, `track`, `playback`, `errors`.
"""

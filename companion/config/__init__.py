"""The settings: the schema they are checked by, the file they are read from, and edits to it.

`schema` defines sections and checks, `file` reads config.toml and the environment, `edit` changes a
value in place. May import `affect`, `errors` and `paths`.
"""

"""What the program remembers: one SQLite file, one module for each thing kept.

Times are UTC, kept as seconds since 1970.
"""

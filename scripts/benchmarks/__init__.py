"""The benchmark: a module for each part of the program, each with `rows() -> list[Row]`."""

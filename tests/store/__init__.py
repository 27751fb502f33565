"""The tests of what the program remembers."""

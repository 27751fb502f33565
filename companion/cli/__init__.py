"""The command line: parses arguments and prints results, nothing else.

`app` is its root and the table of commands, `main` its entry point, `home`, `camera` and
`output` what commands share, `demo` the demo, `page` opens the page in the browser; each folder
is a group of commands. May import every other room.
"""

"""What the Spotify application on this machine plays.

`signal` is the interface; `mpris` (Linux) and `applescript` (macOS) implement it. May import
`desktop.bus` and `desktop.programs`.
"""

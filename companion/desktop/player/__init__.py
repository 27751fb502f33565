"""The Spotify application on this machine: what it plays.

`signal` picks the platform's: `mpris` (Linux) or `applescript` (macOS); both read the item with
`item`. May import `desktop.bus`, `desktop.programs` and the shared types.
"""

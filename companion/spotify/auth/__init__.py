"""Signing in to Spotify, and staying signed in.

`login` runs Authorization Code with PKCE over `callback`; `credentials` keeps the consent in the
system keyring, `consent` says how long it lasts, `tokens` renews access tokens in memory. May
import `spotify.quota`, `spotify.refusals`, `config` and `errors`.
"""

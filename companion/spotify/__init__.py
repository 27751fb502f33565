"""Spotify: sign-in, library, player and queue.

`client` is the session that the others use; `transport` makes its calls through spotipy within the
`quota`, `refusals` turns Spotify's refusals into errors, `json_fields` reads its answers, `library`
and `player` read what they hold, `auth` signs in. May import `config`, `errors`, `playback`,
`text` and `track`.
"""

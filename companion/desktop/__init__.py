"""The desktop: the player, the user's presence, notices, and the service that starts the agent.

`bus` (D-Bus) and `programs` ask the platform; `menu_entry` puts the page into its menu; `player`,
`presence` and `service` have a module for each platform. May import `errors`, `paths`, `playback`,
`text` and `track`.
"""

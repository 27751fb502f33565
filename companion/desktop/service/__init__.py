"""The agent as a service that starts with the desktop.

`service` installs and removes it through `systemd` (Linux), `launchd` (macOS) or `scheduled_task`
(Windows), whose files `definition` writes. May import `desktop.programs`, `errors` and `paths`.
"""

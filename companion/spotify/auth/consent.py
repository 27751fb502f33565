"""The lifetime of the user's consent. Imports nothing heavy: `companion status` needs it."""

from datetime import timedelta

# Spotify ends a consent after six months, however often it was used.
CONSENT_LIFETIME = timedelta(days=182)
WARNING_DAYS = 14

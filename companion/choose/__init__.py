"""From readings to a mood, from a mood to a target, from a target to a track."""

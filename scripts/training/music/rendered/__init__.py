"""Music rendered from scores: piano to learn from, instruments that are known."""

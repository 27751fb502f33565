"""History: visits, queue entries with their outcomes, feedback, overrides, learned trust.

May import `database` and `face` beside the shared words.
"""

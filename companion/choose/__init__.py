"""The choice: from readings to a mood, from a mood to a target, from a target to a track.

`mood`, `mood_names` and `correction` make the present mood; `strategy` and `strategy_rules` turn it
into a target; `search`, `score`, `limits`, `taste` and `pick` find the track. Pure functions, which
know neither store nor Spotify: it may import `affect`, `track`, `errors` and `config`.
"""

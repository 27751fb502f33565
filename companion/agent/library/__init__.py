"""The user's library, kept up to date.

`sync` copies saved tracks into the store; `tagging` gives each a mood, from the clips of
`clip_sources` and in the order of `tagging_order`; `renewal` renews moods of older weights without
their clips. May import every room below `agent`.
"""

"""The user's library, kept up to date.

`sync` copies saved tracks into the store; `tagging` gives each a mood, from the clips of
`clip_sources`. May import every room below `agent`.
"""

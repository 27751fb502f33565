"""The process of the page: `process` runs and opens it, `lifetime` says when it ends.

`admission` has the tokens and the sessions, `gate` turns everything else away with the help of
`peers`, `app` maps addresses to the tabs' functions.
"""

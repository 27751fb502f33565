"""The process of the page: `process` runs and opens it, `lifetime` says when it ends.

`sessions` keeps the tokens and the sessions, `security_middleware` refuses every other request
with the help of `peers`, `app` maps addresses to the tabs' functions.
"""

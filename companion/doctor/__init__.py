"""The checks of `companion doctor`: what is in order, what is not, and the remedy of each.

`check` has the types, `machine`, `storage`, `account` and `background` the checks by subject,
`examine` runs them all. May import every room but `cli` and `demo`.
"""

"""The page in the browser: a process of its own on loopback, which ends after its last tab.

`server` starts and ends it and lets only this user's browser in, `tabs` has what each tab shows
and does, `live` what streams or takes a while, `context` what they share, `static` the page
itself. Imported by `companion.cli` alone; may import every room but `cli` and `demo`.
"""

"""Providers of clips, and the check that a clip is of the right track.

A provider is a folder of the user's own files (`local`) or Deezer (`deezer`); `search` asks them
in turn. Imports `companion.http_client`, `names`, `text` and `errors` only.
"""

"""The version of the kept features, for those who load no network."""

VERSION = 1
"""What the numbers mean: it changes with the features, the filters of the image and the taggers,
not with the heads."""

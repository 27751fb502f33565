"""The version of the kept features, for modules that load no network."""

VERSION = 3
"""The version of the stored numbers' meaning: it changes with the features, the filters of the
image and the taggers, not with the heads."""

"""Tests of companion.spotify."""

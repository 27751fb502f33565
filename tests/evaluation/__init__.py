"""Tests of the evaluation of picks."""

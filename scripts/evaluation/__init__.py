"""The measurements of `evaluate_picks`, a module for each part."""

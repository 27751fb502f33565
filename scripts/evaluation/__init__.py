"""What `evaluate_picks` measures, a module for each part."""

"""`companion setup`, the first-run guide."""

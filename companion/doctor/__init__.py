"""What is in order with this installation, what is not, and what to do about it."""

"""What measures the picks."""

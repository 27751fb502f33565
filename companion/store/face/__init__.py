"""The user's face in numbers: the readings of each look, and the profile that adapts them."""

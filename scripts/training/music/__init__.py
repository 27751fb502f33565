"""The training and the evaluation of the music model; may import `companion.music`."""

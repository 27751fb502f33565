"""From a camera to a mood: frames, face boxes, aligned crops, the ConvLSTM's answer."""

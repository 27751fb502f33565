"""What the training and evaluation scripts share: data, augmentation, metrics."""

"""Shared by the training and evaluation scripts: data, augmentation, metrics."""

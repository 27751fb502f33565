"""Simulated listeners of several kinds, by whom the fusion of face and listening is judged."""

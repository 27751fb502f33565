"""The measures of `evaluate_face` and the card it writes; imports the training, not vice versa."""

"""Train and measure the face network: its data, views, stages and the card of the model."""

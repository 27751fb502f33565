"""Reports on the music model: tables, trials, plots, the card; imports the training."""

"""What is written about the music model: tables, tries, plots, the card; imports the training."""

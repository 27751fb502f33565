"""Commands about the mood: `mood`, `wrong`, `look`, `calibrate`."""

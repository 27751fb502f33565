"""Where clips come from, and how it is made sure that they are the right ones."""

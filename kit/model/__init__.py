"""The values that stages hand to each other. They are frozen: to add to one, wrap it or make a copy."""

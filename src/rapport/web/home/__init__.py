"""The page one starts the day with: what came in, what is open, what was sold, what is due."""

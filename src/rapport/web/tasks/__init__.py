"""The page of a colleague's own tasks, and the one click that ticks one off."""

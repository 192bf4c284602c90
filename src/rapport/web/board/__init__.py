"""The board of deals: one column a stage, cards that are dragged or moved by a form, and moving one deal."""

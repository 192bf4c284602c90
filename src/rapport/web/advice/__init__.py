"""What to do next about a deal: the panel on its page, a line on its card, my deals on the first page."""

"""Pages of people: the list, one person's page, and its forms."""
